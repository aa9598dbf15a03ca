// Counts the vision transformers of the literature, or any other, without allocating a weight.
using System.CommandLine;
using Spectre.Console;
using Tessera.Ir;
using Tessera.Nn.Models;
using VitFamily;

Option<int?> width = new("--width") { Description = "Width of the model; counts this one model instead of the family." };
Option<int> depth = new("--depth") { DefaultValueFactory = static _ => 12, Description = "Blocks." };
Option<int> heads = new("--heads") { DefaultValueFactory = static _ => 12, Description = "Attention heads." };
Option<int?> mlp = new("--mlp") { Description = "Hidden width of the MLPs; 4 × width when not given." };
Option<int> patch = new("--patch") { DefaultValueFactory = static _ => 16, Description = "Side of a patch in pixels." };
Option<int> image = new("--image") { DefaultValueFactory = static _ => 224, Description = "Side of the image in pixels." };
Option<int> classes = new("--classes") { DefaultValueFactory = static _ => 1000, Description = "Classes; 0 for none." };
Option<string> head = new("--head") { DefaultValueFactory = static _ => "cls", Description = "cls, gap or map." };
Option<bool> parallel = new("--parallel") { Description = "Attention and MLP side by side, with normalised queries and keys." };
head.AcceptOnlyFromAmong("cls", "gap", "map");
Option[] custom = [depth, heads, mlp, patch, image, classes, head, parallel];
RootCommand root = new("Parameters and forward FLOPs of vision transformers.") { width };
foreach (Option option in custom)
{
    root.Add(option);
}

root.Validators.Add(result =>
{
    if (result.GetResult(width) is null && custom.FirstOrDefault(o => result.GetResult(o) is { Implicit: false }) is { } alone)
    {
        result.AddError($"{alone.Name} describes a model of its own; give its --width too.");
    }
});
root.SetAction(result =>
{
    ViTConfig? own = result.GetValue(width) is not { } dim ? null
        : new(dim, result.GetValue(depth), result.GetValue(heads), result.GetValue(mlp) ?? 4 * dim, result.GetValue(patch))
        {
            Image = result.GetValue(image),
            Classes = result.GetValue(classes),
            Head = Enum.Parse<ViTHead>(result.GetValue(head)!, ignoreCase: true),
            Parallel = result.GetValue(parallel),
        };
    if (Console.IsOutputRedirected)
    {
        // Numbers in a file or a pipe are never cut in two.
        AnsiConsole.Profile.Width = 200;
    }

    AnsiConsole.Write(CountTable.Of(own is null ? ViTConfig.Family : new Dictionary<string, ViTConfig> { ["custom"] = own }));
});
try
{
    return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (TesseraException error)
{
    Console.Error.WriteLine($"error {error.Message}");
    return 2;
}
