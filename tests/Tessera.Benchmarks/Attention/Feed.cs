using Microsoft.ML.OnnxRuntime;

namespace Tessera.Benchmarks.Attention;

/// <summary>The inputs of one run.</summary>
/// <param name="Batch">What they hold.</param>
/// <param name="RowsEach">Rows that each example takes in the output; 0 where it takes its length.</param>
/// <param name="Values">By name.</param>
internal sealed record Feed(Batch Batch, int RowsEach, IReadOnlyDictionary<string, OrtValue> Values) : IDisposable
{
    public static Feed Packed(Batch batch) => new(batch, 0, Of(batch, 0, [batch.Tokens, Batch.Heads, Batch.HeadDim], ("cu", Value(batch.Offsets()))));

    public static Feed Unrolled(Batch batch) => new(batch, 0, Of(
        batch, 0, [1, batch.Tokens, Batch.Width], ("lengths", Value(batch.Lengths.Select(static n => (long)n).ToArray()))));

    public static Feed Blocks(Batch batch) => new(batch, 0, Of(
        batch, 0, [1, batch.Tokens, Batch.Width], ("mask", Value(Mask(batch), batch.Tokens, batch.Tokens))));

    public static Feed Padded(Batch batch, int size) => new(batch, size, Of(
        batch, size, [batch.Lengths.Length, size, Batch.Width], ("lengths", Value(batch.Lengths))));

    /// <summary>For the graph without a mask: every example is as long as <paramref name="batch"/>'s longest.</summary>
    public static Feed Dense(Batch batch) => new(batch, 0, Of(batch, 0, [batch.Lengths.Length, batch.Longest, Batch.Width]));

    /// <summary>Fails where the checked head of <paramref name="output"/> is not what it must be.</summary>
    public void Check(string name, ReadOnlySpan<float> output)
    {
        double[] reference = Batch.Reference;
        int head = Batch.CheckedHead, token = 0;
        for (int i = 0; i < Batch.Lengths.Length; i++)
        {
            for (int t = 0; t < Batch.Lengths[i]; t++, token++)
            {
                int row = RowsEach == 0 ? token : (i * RowsEach) + t;
                for (int d = 0; d < Batch.HeadDim; d++)
                {
                    double expected = reference[(token * Batch.HeadDim) + d];
                    float actual = output[(row * Batch.Width) + (head * Batch.HeadDim) + d];
                    if (!(Math.Abs(actual - expected) <= 1e-5))
                    {
                        throw new InvalidOperationException($"{name}: example {i}, token {t}, head {head}, element {d} is {actual}, not {expected}.");
                    }
                }
            }
        }
    }

    public void Dispose()
    {
        foreach (OrtValue value in Values.Values)
        {
            value.Dispose();
        }
    }

    private static Dictionary<string, OrtValue> Of(Batch batch, int rowsEach, long[] shape, params (string Name, OrtValue Value)[] more)
    {
        Dictionary<string, OrtValue> values = more.ToDictionary(static m => m.Name, static m => m.Value);
        foreach ((string name, float[] packed) in (ReadOnlySpan<(string, float[])>)[("q", batch.Q), ("k", batch.K), ("v", batch.V)])
        {
            values.Add(name, Value(rowsEach == 0 ? packed : batch.Padded(packed, rowsEach), shape));
        }

        return values;
    }

    private static OrtValue Value<T>(T[] elements, params long[] shape)
        where T : unmanaged => OrtValue.CreateTensorValueFromMemory(elements, shape.Length == 0 ? [elements.Length] : shape);

    private static float[] Mask(Batch batch)
    {
        int tokens = batch.Tokens;
        float[] mask = new float[tokens * tokens];
        Array.Fill(mask, float.NegativeInfinity);
        int[] offsets = batch.Offsets();
        for (int i = 0; i < batch.Lengths.Length; i++)
        {
            for (int t = offsets[i]; t < offsets[i + 1]; t++)
            {
                mask.AsSpan((t * tokens) + offsets[i], batch.Lengths[i]).Clear();
            }
        }

        return mask;
    }
}
