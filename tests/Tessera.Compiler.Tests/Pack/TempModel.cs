using Google.Protobuf;

namespace Tessera.Compiler.Tests.Pack;

/// <summary>A model in a file of its own, which is gone afterwards.</summary>
internal sealed class TempModel : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tessera-pack-").FullName;

    public TempModel(ExportedModel model) => File.WriteAllBytes(Path, model.ToModel().ToByteArray());

    public string Path => System.IO.Path.Combine(_folder, "padded.onnx");

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
