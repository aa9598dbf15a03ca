// Counts the vision transformers of the literature without allocating a weight.
using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tessera.Compiler.Inspect;
using Tessera.Nn;
using Tessera.Nn.Models;

Option<int> width = new("--width") { Description = "Width of the model; counts one model instead of the family." };
Option<int> depth = new("--depth") { DefaultValueFactory = static _ => 12, Description = "Blocks." };
Option<int> heads = new("--heads") { DefaultValueFactory = static _ => 12, Description = "Attention heads." };
Option<int> mlp = new("--mlp") { Description = "Hidden width of the MLPs; 4 × width when not given." };
Option<int> patch = new("--patch") { DefaultValueFactory = static _ => 16, Description = "Side of a patch in pixels." };
Option<int> image = new("--image") { DefaultValueFactory = static _ => 224, Description = "Side of the image in pixels." };
Option<int> classes = new("--classes") { DefaultValueFactory = static _ => 1000, Description = "Classes; 0 for none." };
Option<ViTHead> head = new("--head") { DefaultValueFactory = static _ => ViTHead.Cls, Description = "cls, gap or map." };
RootCommand root = new("Parameters and forward FLOPs of vision transformers.") { width, depth, heads, mlp, patch, image, classes, head };
root.SetAction(result =>
{
    int dim = result.GetValue(width);
    IEnumerable<KeyValuePair<string, ViTConfig>> models = dim == 0
        ? ViTConfig.Family
        : [new("custom", new ViTConfig(dim, result.GetValue(depth), result.GetValue(heads), result.GetValue(mlp) is 0 ? 4 * dim : result.GetValue(mlp), result.GetValue(patch))
        {
            Image = result.GetValue(image),
            Classes = result.GetValue(classes),
            Head = result.GetValue(head),
        })];
    Table table = new Table().AddColumns("model", "block kernels", "blocks", "all", "GFLOP");
    foreach ((string name, ViTConfig config) in models)
    {
        ViT model = new(config);
        ParameterCount count = ParameterCount.Of(model);
        double flops = 2.0 * GraphCost.Macs(ModelTracer.Trace(model)).ConstValue!.Value;
        table.AddRow($"ViT-{name}", Digits(count.BlockKernels), Digits(count.Blocks), Digits(count.All), (flops / 1e9).ToString("N1", CultureInfo.InvariantCulture));
    }

    foreach (TableColumn column in table.Columns.Skip(1))
    {
        column.RightAligned();
    }

    AnsiConsole.Write(table);
});
return root.Parse(args).Invoke();

static string Digits(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
