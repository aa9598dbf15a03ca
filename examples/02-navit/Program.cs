// NaViT on images of any size, packed into one batch without padding.
//   dotnet run -c Release --project examples/02-navit -- [IMAGE_OR_FOLDER…] [--preset Ti16|S16|B16] [--weights FILE] [--labels FILE] [--save FILE]
using System.CommandLine;
using System.CommandLine.Parsing;
using Navit;
using Tessera.Ir;
using Tessera.Runtime;

Argument<string[]> images = new("IMAGE_OR_FOLDER") { Description = "PNG or JPEG files, or folders of them; none: a few dozen are drawn." };
Option<string> preset = new("--preset") { DefaultValueFactory = static _ => "Ti16", Description = "Size of the model: Ti16, S16 or B16." };
Option<string?> weights = new("--weights") { Description = "A .safetensors file; without it weights are seeded." };
Option<string?> labels = new("--labels") { Description = "Class names, one a line, for weights with a classifier." };
Option<string?> save = new("--save") { Description = "Keeps the compiled packed model." };
Option<int> maxTokens = new("--max-tokens") { DefaultValueFactory = static _ => 1024, Description = "Larger images are scaled down to this many patches." };
Option<int> budget = new("--budget") { DefaultValueFactory = static _ => 4096, Description = "Most tokens in one packed batch." };
preset.AcceptOnlyFromAmong("Ti16", "S16", "B16");
maxTokens.Validators.Add(Positive);
budget.Validators.Add(Positive);
RootCommand root = new("Embeds images with a NaViT compiled from C#, packed without padding.") { images, preset, weights, labels, save, maxTokens, budget };
root.SetAction(result => MainJob.Run(new MainJobOptions(
    result.GetValue(images)!, result.GetValue(preset)!, result.GetValue(weights), result.GetValue(labels),
    result.GetValue(save), result.GetValue(maxTokens), result.GetValue(budget))));
try
{
    ParseResult parsed = root.Parse(args);
    int code = parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    return parsed.Errors.Count > 0 ? 2 : code;
}
catch (Exception error) when (error is TesseraException or TesseraRuntimeException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}

static void Positive(OptionResult option)
{
    if (option.GetValueOrDefault<int>() < 1)
    {
        option.AddError($"{option.Option.Name} must be 1 or more.");
    }
}
