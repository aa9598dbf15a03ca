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
    public void Examples_get_from_a_batch_what_they_get_alone(string op, string name) =>
        Check(op, name, static mode => mode == BatchMode.Dense ? [3, 3, 3] : [3, 2, 1, 4], lowered: false);

    [Theory]
    [MemberData(nameof(Samples))]
    public void Bodies_give_examples_in_a_batch_what_they_get_alone(string op, string name) =>
        Check(op, name, static mode => mode == BatchMode.Dense ? [3, 3, 3] : [3, 2, 1, 4], lowered: true);

    [Theory]
    [MemberData(nameof(Samples))]
    public void Empty_examples_get_from_a_batch_what_they_get_alone(string op, string name)
    {
        Check(op, name, static mode => mode == BatchMode.Dense ? [0, 0] : [2, 0, 1], lowered: false);
        Check(op, name, static mode => mode == BatchMode.Dense ? [0, 0] : [0, 3, 0], lowered: true);
    }

    private static void Check(string op, string name, Func<BatchMode, long[]> lengths, bool lowered)
    {
        OpSample sample = OpRegistry.Find(op)!.Samples!().Single(s => s.Name == name);
        foreach (BatchMode mode in Enum.GetValues<BatchMode>())
        {
            foreach (Sharing shared in Enum.GetValues<Sharing>())
            {
                SampleBatch batch = new(sample, mode, shared) { Lengths = lengths(mode), Lowered = lowered };
                if (batch.Applies && batch.IsDefined)
                {
                    Check(batch, $"{op}: {name}, {mode}, shared {shared}", MayRefuse(op));
                }
            }
        }
    }

    // Ops on single elements and folds always have a form; others may refuse, products by what varies.
    private static bool MayRefuse(string op)
    {
        Type type = OpRegistry.Find(op)!.OpType;
        return !(typeof(UnaryOp).IsAssignableFrom(type) || typeof(BinaryOp).IsAssignableFrom(type) || typeof(ReduceOp).IsAssignableFrom(type)
            || type == typeof(Where) || type == typeof(Clip) || type == typeof(CumSum) || type == typeof(Softmax) || type == typeof(LogSoftmax)
            || type == typeof(RmsNorm) || type == typeof(LayerNorm));
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
        catch (TesseraException error) when (error.Code == "TSR0440")
        {
            Assert.True(batch.Lowered, $"{what}: {error.Message}");
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
