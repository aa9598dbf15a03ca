using Tessera.Runtime;

namespace Tessera.Compiler.Tests.Samples;

internal static class RunPacked
{
    /// <summary>The README's way to run a batch of images of different sizes; returns the vector of the last one.</summary>
    public static float[] Last(float[][] images)
    {
        // sample: run
        CompiledModel model = ModelCompiler.Compile(new Encoder(), new CompileOptions { Batch = Batching.Packed });
        using ModelSession session = model.OpenSession();

        // float[][] images: n · 64 numbers each, n as it comes
        PackedBatch batch = new BatchBuilder().AddTokens("x", "n", images, 64).Pack();
        using RunResult result = session.Run(batch.Inputs);
        Span<float> last = batch.Row<float>(result["output"], images.Length - 1);
        // end
        return last.ToArray();
    }
}
