using Tessera.Compiler.Pack;

namespace Tessera.Compiler.Tests.Samples;

// sample: pack
internal static class PackFile
{
    public static void Write(string path, string output)
    {
        using OnnxModel padded = OnnxModel.Load(path);
        PackedModel packed = padded.Pack(new PackOptions { Batch = "batch", Ragged = ["sequence"], Masks = ["attention_mask"], Verify = true });
        packed.Model.Save(output);
    }
}
// end
