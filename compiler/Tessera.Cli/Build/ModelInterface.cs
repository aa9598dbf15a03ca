using Tessera.Compiler;
using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Cli.Build;

/// <summary>
/// The inputs and outputs of a model from a file as text, which the generator of typed sessions reads: a line each of <c>input</c>, <c>optional</c> or
/// <c>output</c>, name and type, divided by tabs.
/// </summary>
internal static class ModelInterface
{
    /// <exception cref="TesseraException">The file is no model, or cannot be packed.</exception>
    public static string Of(ModelRequest request)
    {
        using OnnxModel model = OnnxModel.Load(GraphFile.Existing(request.Include));
        return Text(request.Batch switch
        {
            Batching.Single => model.Graph,
            Batching.Packed => model.Pack(request.Packing with { Verify = false }).Model.Graph,
            _ => throw request.NoBatchOfFile,
        });
    }

    private static string Text(Graph graph) => string.Concat(
    [
        .. graph.Inputs.Select(input => (Name: ((Input)input.Producer).Name, input.Type)).Select(i => Line(graph.Defaults.ContainsKey(i.Name) ? "optional" : "input", i.Name, i.Type)),
        .. graph.Outputs.Select(static o => Line("output", o.Name, o.Value.Type)),
    ]);

    private static string Line(string kind, string name, IrType type) => $"{kind}\t{Escaped(name)}\t{Escaped(type.ToString()!)}\n";

    private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal);
}
