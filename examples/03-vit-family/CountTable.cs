using System.Globalization;
using Spectre.Console;
using Tessera.Compiler.Inspect;
using Tessera.Ir;
using Tessera.Nn;
using Tessera.Nn.Models;

namespace VitFamily;

/// <summary>Parameters by the three conventions of the literature, and FLOPs of one image, model by model.</summary>
internal static class CountTable
{
    public static Table Of(IEnumerable<KeyValuePair<string, ViTConfig>> models)
    {
        Table table = new Table().AddColumns("model", "block kernels", "blocks", "all", "GFLOP in blocks", "GFLOP");
        foreach ((string name, ViTConfig config) in models)
        {
            ViT model = new(config);
            ParameterCount count = ParameterCount.Of(model);
            Graph graph = ModelTracer.Trace(model);
            table.AddRow(
                $"ViT-{name}",
                Digits(count.BlockKernels),
                Digits(count.Blocks),
                Digits(count.All),
                Giga(GraphCost.Macs(graph, ParameterCount.IsInBlock)),
                Giga(GraphCost.Macs(graph)));
        }

        foreach (TableColumn column in table.Columns.Skip(1))
        {
            column.RightAligned();
        }

        return table;
    }

    private static string Digits(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    // One multiply-accumulate is two FLOPs.
    private static string Giga(Dim macs) => (2 * macs.ConstValue!.Value / 1e9).ToString("N1", CultureInfo.InvariantCulture);
}
