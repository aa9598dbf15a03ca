using Tessera.Runtime;

namespace Tessera.Compiler.Tests.Samples;

// sample: recogniser
internal sealed class Recogniser(string path) : IDisposable
{
    private readonly ModelSession _session = ModelSession.Open(path, new ModelSessionOptions { IntraOpThreads = 4, AllowSpinning = false });

    public float[] Read(float[][] images)
    {
        PackedBatch batch = new BatchBuilder().AddTokens("x", "n", images, 64).Pack();
        using RunResult result = _session.Run(batch.Inputs);
        return result.Span<float>("output").ToArray();
    }

    public void Dispose() => _session.Dispose();
}
// end
