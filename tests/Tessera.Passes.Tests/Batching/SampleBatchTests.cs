using Tessera.Ir;
using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Testing;
using Xunit;

namespace Tessera.Passes.Tests.Batching;

/// <summary>Every sample of every op: each example gets from a batch what it gets alone, or the op refuses by name.</summary>
public class SampleBatchTests
{
    public static TheoryData<string, string> Samples
    {
        get
        {
            TheoryData<string, string> data = [];
            foreach (OpSchema schema in OpRegistry.All)
            {
                foreach (OpSample sample in schema.Samples?.Invoke() ?? [])
                {
                    data.Add(schema.Name, sample.Name);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Examples_get_from_a_batch_what_they_get_alone(string op, string name)
    {
        OpSample sample = OpRegistry.Find(op)!.Samples!().Single(s => s.Name == name);
        foreach (BatchMode mode in Enum.GetValues<BatchMode>())
        {
            foreach (bool shared in (bool[])[false, true])
            {
                SampleBatch batch = new(sample, mode, shared);
                if (batch.Applies)
                {
                    Check(batch, $"{op}: {name}, {mode}, shared {shared}", MayRefuse(op, shared));
                }
            }
        }
    }

    // Ops on single elements and folds always have a form; others may refuse, norms and products by what varies.
    private static bool MayRefuse(string op, bool shared)
    {
        Type type = OpRegistry.Find(op)!.OpType;
        return !(typeof(UnaryOp).IsAssignableFrom(type) || typeof(BinaryOp).IsAssignableFrom(type) || typeof(ReduceOp).IsAssignableFrom(type)
            || type == typeof(Where) || type == typeof(Clip) || type == typeof(CumSum) || type == typeof(Softmax) || type == typeof(LogSoftmax)
            || (shared && (type == typeof(RmsNorm) || type == typeof(LayerNorm))));
    }

    private static void Check(SampleBatch batch, string what, bool mayRefuse)
    {
        (RefTensor Alone, RefTensor Batched)[] results;
        try
        {
            results = [.. batch.Run()];
        }
        catch (TesseraException refusal) when (refusal.Code is "TSR0401" or "TSR0522")
        {
            Assert.True(mayRefuse, $"{what}: {refusal.Message}");
            return;
        }
        catch (Exception error)
        {
            throw new Xunit.Sdk.XunitException($"{what}: {error.Message}", error);
        }

        Assert.NotEmpty(results);
        foreach ((RefTensor alone, RefTensor batched) in results)
        {
            RefAssert.Close(alone, batched, Relative(alone.DType), absolute: 1e-7);
        }
    }

    // Batched forms may cast to f32 and back; all else is double.
    private static double Relative(DType dtype) => dtype switch
    {
        DType.BF16 => 1e-2,
        DType.F16 => 1e-3,
        _ => 1e-6,
    };
}
