// Reads the text of images with models of others, as they come and as Tessera optimises them.
//   dotnet run -c Release --project examples/04-ocr -- [IMAGE…] [--models FOLDER]
using System.CommandLine;
using System.Globalization;
using Ocr;
using Spectre.Console;
using Tessera.Examples.Images;
using Tessera.Ir;
using Tessera.Runtime;

Argument<string[]> files = new("IMAGE") { Description = "PNG or JPEG files; none: a page of text is drawn." };
Option<string?> models = new("--models") { Description = "Where the models are; artifacts/test-data/models without it." };
RootCommand root = new("Finds lines of text in images and reads them.") { files, models };
root.SetAction(result =>
{
    if (ModelFolder.Find(result.GetValue(models)) is not { } folder)
    {
        Console.WriteLine("The models are not there. `bash .ci/fetch-test-data` fetches them into artifacts/test-data/models.");
        return 0;
    }

    using Reader reader = new(folder);
    string[] given = result.GetValue(files) ?? [];
    int wrong = 0;
    foreach (RgbImage image in given.Length > 0 ? given.Select(static f => ImageDecoder.Decode(f)) : [Page.Image])
    {
        Console.WriteLine($"{image}:");
        IReadOnlyList<TextLine> lines = reader.Read(image);
        foreach (TextLine line in lines)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {line.Text,-24} {line.Confidence:P0}{(line.IsTurned ? ", upside down" : "")}, at {line.Box}"));
        }

        wrong += given.Length > 0 ? 0 : Page.Missing(lines);
    }

    AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 110);
    Table table = new Table().AddColumns("stage", "nodes", "optimised", "runs", "original ms", "optimised ms", "ratio", "largest difference");
    foreach (Stage stage in reader.Stages)
    {
        table.AddRow([stage.Name, $"{stage.NodesBefore}", $"{stage.NodesAfter}", $"{stage.Runs}", .. stage.Figures]);
    }

    AnsiConsole.Write(table);
    Console.WriteLine(given.Length > 0 ? "" : wrong == 0 ? $"All {Page.Words.Count} words of the page were read as they were drawn." : $"{wrong} words of the page were not read as they were drawn.");
    return wrong == 0 ? 0 : 1;
});
try
{
    return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception error) when (error is TesseraException or TesseraRuntimeException or IOException)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
