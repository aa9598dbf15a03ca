// Where mixtures of experts send their tokens: V-MoE over images, a Mixtral-shaped decoder block over texts, both written in C#.
//   dotnet run -c Release --project examples/06-moe-routing -- [IMAGE_OR_FOLDER…] [--depth N] [--capacity FACTOR] [--out FOLDER]
using System.CommandLine;
using MoeRouting;
using Spectre.Console;
using Tessera.Examples.Images;
using Tessera.Ir;
using Tessera.Runtime;

Argument<string[]> files = new("IMAGE_OR_FOLDER") { Description = "PNG or JPEG files, or folders of them; none: three images are drawn." };
Option<int> depth = new("--depth") { DefaultValueFactory = static _ => 2, Description = "Blocks of the V-MoE, 12 for all; every other has experts." };
Option<double> capacity = new("--capacity") { DefaultValueFactory = static _ => 2, Description = "Room of an expert, in shares of an even load; 0 for no bound." };
Option<string> folder = new("--out") { DefaultValueFactory = static _ => Path.Combine("artifacts", "moe-routing"), Description = "Where pictures go." };
depth.Validators.Add(static result =>
{
    if (result.GetValueOrDefault<int>() is < 2 or > 12)
    {
        result.AddError("--depth lies from 2 to 12.");
    }
});
capacity.Validators.Add(static result =>
{
    if (!(result.GetValueOrDefault<double>() is >= 0 and < 1e6))
    {
        result.AddError("--capacity is 0 or more.");
    }
});
RootCommand root = new("Shows where mixtures of experts send their tokens.") { files, depth, capacity, folder };
root.SetAction(result =>
{
    Patchifier patchifier = new(16, maxTokens: 196);
    string[] given = result.GetValue(files) ?? [];
    PatchedImage[] images = given.Length == 0
        ? [.. ImageGenerator.Draw(3, seed: 4, minSide: 160, maxSide: 320).Select(patchifier.Cut)]
        : [.. ImageFolder.Expand(given).Select(path => patchifier.Cut(ImageDecoder.Decode(path)))];
    if (Console.IsOutputRedirected)
    {
        AnsiConsole.Profile.Width = 200;
    }

    bool[] right =
    [
        RoutingJob.Count(),
        RoutingJob.See(images, 8, result.GetValue(depth), result.GetValue(capacity), result.GetValue(folder)!),
        RoutingJob.See(images, 32, result.GetValue(depth), result.GetValue(capacity), result.GetValue(folder)!),
        RoutingJob.Read([48, 17, 31]),
    ];
    return right.All(static r => r) ? 0 : 1;
});
try
{
    return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception error) when (error is TesseraException or TesseraRuntimeException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
