using System.CommandLine;
using Tessera.Onnx;

namespace Tessera.Cli.Commands;

/// <summary>Options that bound what a model may ask for.</summary>
internal sealed class LimitOptions
{
    private readonly Option<long> _nodes = new("--max-nodes") { DefaultValueFactory = static _ => ReadLimits.Default.MaxNodes, Description = "Most nodes, functions inlined." };
    private readonly Option<int> _depth = new("--max-depth") { DefaultValueFactory = static _ => ReadLimits.Default.MaxDepth, Description = "Deepest nesting of subgraphs and functions." };
    private readonly Option<long> _bytes = new("--max-bytes") { DefaultValueFactory = static _ => ReadLimits.Default.MaxBytes, Description = "Most bytes of all tensors." };

    public void AddTo(Command command)
    {
        command.Options.Add(_nodes);
        command.Options.Add(_depth);
        command.Options.Add(_bytes);
    }

    public ReadLimits Of(ParseResult result) => new()
    {
        MaxNodes = result.GetValue(_nodes),
        MaxDepth = result.GetValue(_depth),
        MaxBytes = result.GetValue(_bytes),
    };
}
