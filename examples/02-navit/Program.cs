using Navit.Images;
using Tessera.Runtime;

const int Patch = 16;
const int MaxTokens = 1024;
const int Budget = 4096;

try
{
    var patchifier = new Patchifier(Patch, MaxTokens);
    var images = (args.Length == 0 ? ImageGenerator.Draw(24) : ImageFolder.Expand(args).Select(path => ImageDecoder.Decode(path)))
        .Select(patchifier.Cut).ToArray();

    Console.WriteLine($"{"image",-32} {"size",11} {"grid",9} {"tokens",6}");
    foreach (var image in images)
        Console.WriteLine($"{Path.GetFileName(image.Name),-32} {$"{image.Width}×{image.Height}",11} {$"{image.Rows}×{image.Columns}",9} {image.Tokens,6}");

    var plan = PackingPlan.FirstFit([.. images.Select(image => image.Tokens)], Budget, PackingOrder.LongestFirst);
    Console.WriteLine($"\n{plan}");
    return 0;
}
catch (TesseraRuntimeException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
