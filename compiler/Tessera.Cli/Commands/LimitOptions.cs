using System.CommandLine;
using Tessera.Ir;
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

    /// <exception cref="TesseraException">TSR1216: a limit is below 0.</exception>
    public ReadLimits Of(ParseResult result) => new()
    {
        MaxNodes = Bound(_nodes.Name, result.GetValue(_nodes)),
        MaxDepth = (int)Bound(_depth.Name, result.GetValue(_depth)),
        MaxBytes = Bound(_bytes.Name, result.GetValue(_bytes)),
    };

    private static long Bound(string option, long value) =>
        value >= 0 ? value : throw new TesseraException("TSR1216", option, $"{value} is no limit.", "It is 0 or more.");
}
