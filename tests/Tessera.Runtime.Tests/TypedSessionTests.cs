using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Xunit;

namespace Tessera.Runtime.Tests;

/// <summary>Sessions as the generator writes them, by hand.</summary>
public sealed class TypedSessionTests : IDisposable
{
    private static readonly float[] A = [1, 2, 3, 4, 5, 6, 7, 8];
    private static readonly float[] B = [10, 20, 30, 40, 50, 60, 70, 80];
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sizes_follow_from_the_number_of_elements()
    {
        using PairSession session = new(Saved(Models.SumAndProduct()));
        using PairSession.Outputs result = session.Run(A, B);
        Assert.Equal([2L, 4], result.Sum.Dims);
        Assert.Equal([11f, 22, 33, 44, 55, 66, 77, 88], result.Sum.Span);
        Assert.Equal(640, result.Product[7]);
        Assert.Equal(8, result.Product.Count);
        Assert.Equal("sum: f32[2, 4], product: f32[2, 4]", result.ToString());
    }

    [Fact]
    public void Arrays_memory_spans_tensors_and_values_are_inputs()
    {
        using PairSession session = new(Saved(Models.SumAndProduct()));
        using OrtValue value = OrtValue.CreateTensorValueFromMemory(A, [2, 4]);
        DenseTensor<float> backwards = new(A, [2, 4], reverseStride: true);
        SessionInput<float>[] same =
        [
            A, A.AsMemory(), (ReadOnlyMemory<float>)A, A.AsSpan(), (ReadOnlySpan<float>)A, new DenseTensor<float>(A, [2, 4]), value, SessionInput.Of(A, 2, 4),
            SessionInput.Of((ReadOnlyMemory<float>)A, 2, 4),
        ];
        foreach (SessionInput<float> a in same)
        {
            using PairSession.Outputs result = session.Run(a, B);
            Assert.Equal([11f, 22, 33, 44, 55, 66, 77, 88], result.Sum.ToArray());
        }

        using PairSession.Outputs turned = session.Run(backwards, B);
        Assert.Equal([1f + 10, 3 + 20, 5 + 30, 7 + 40, 2 + 50, 4 + 60, 6 + 70, 8 + 80], turned.Sum.Span);
    }

    [Fact]
    public void Results_of_one_run_are_inputs_of_the_next()
    {
        using PairSession session = new(Saved(Models.SumAndProduct()));
        using PairSession.Outputs first = session.Run(A, B);
        using PairSession.Outputs second = session.Run(first.Sum.Output.Value, A);
        Assert.Equal(12, second.Sum[0]);
    }

    [Fact]
    public void Outputs_go_where_the_caller_says_and_the_others_anywhere()
    {
        using PairSession session = new(Saved(Models.SumAndProduct()));
        float[] sum = new float[8];
        using PairSession.Outputs result = session.RunInto(A, B, new() { Sum = sum });
        Assert.Equal([11f, 22, 33, 44, 55, 66, 77, 88], sum);
        Assert.Equal(640, result.Product[7]);
        Memory<float> product = new float[8];
        session.RunInto(A, B, new() { Product = SessionBuffer.Of(product, 2, 4) }).Dispose();
        Assert.Equal(640, product.Span[7]);
    }

    [Fact]
    public void Sizes_that_do_not_follow_are_asked_for()
    {
        using MeanSession session = new(Saved(Models.Mean(TensorElementType.Float)));
        Fails.With("TSR0746", () => session.Run(A), "'x'", "f32[n, m]", "8 elements", "SessionInput.Of");
        Assert.Equal([36f / 8], session.Run(SessionInput.Of(A, 4, 2)).Span<float>("y"));
        using PairSession pairs = new(Saved(Models.SumAndProduct()));
        Fails.With("TSR0746", () => pairs.Run(new float[6], B), "'a'", "f32[n, 4]", "6 elements", "4");
        Fails.With("TSR0746", () => pairs.Run(new float[4], B), "'b'", "[1, 4]", "8 elements");
        Fails.With("TSR0717", () => pairs.RunInto(A, B, new() { Sum = SessionBuffer.Of(new float[7].AsMemory(), 2, 4) }), "7");
        Fails.With("TSR0746", () => pairs.RunInto(A, B, new() { Sum = new float[7] }), "'sum'");
    }

    [Fact]
    public void An_input_that_is_left_out_is_missing_or_has_its_default()
    {
        using PairSession pairs = new(Saved(Models.SumAndProduct()));
        Fails.With("TSR0710", () => pairs.Run(A, default), "'b'");
        using DefaultSession session = new(Saved(Models.WithDefault()));
        Assert.Equal([2f, 3, 4], session.Run(new float[] { 1, 1, 1 }).Span<float>("y"));
        using DefaultSession without = new(Saved(Models.Identity(TensorElementType.Float, 3)));
        Fails.With("TSR0711", () => without.Run(new float[] { 1, 1, 1 }, new float[] { 5, 5, 5 }), "'bias'");
        Assert.Equal([6f, 6, 6], session.Run(new float[] { 1, 1, 1 }, new float[] { 5, 5, 5 }).Span<float>("y"));
    }

    [Fact]
    public void A_size_may_be_a_sum_of_others()
    {
        using IdentitySession session = new(Saved(Models.Identity(TensorElementType.Float, "batch", "batch + 1")));
        using RunResult result = session.Run(SessionInput.Of(new float[6], 2, 3));
        Assert.Equal([2L, 3], result["y"].Dims);
        OpenSizes sizes = new();
        TensorSpec spec = session.Session.Inputs[0];
        Assert.Null(sizes.Find(spec, 6));
        sizes.Learn(spec, [2]);
        long[]? found = sizes.Find(spec, 6);
        Assert.NotNull(found);
        Assert.Equal([2L, 3], found);
    }

    [Fact]
    public void Empty_data_has_no_size_where_another_size_is_nothing()
    {
        using PairSession pairs = new(Saved(Models.SumAndProduct()));
        using PairSession.Outputs none = pairs.Run(Array.Empty<float>(), Array.Empty<float>());
        Assert.Equal([0L, 4], none.Sum.Dims);
        using IdentitySession zero = new(Saved(Models.Identity(TensorElementType.Float, "n", 0)));
        Fails.With("TSR0746", () => zero.Run(Array.Empty<float>()), "'x'");
        Assert.Equal([3L, 0], zero.Run(SessionInput.Of(Array.Empty<float>(), 3, 0))["y"].Dims);
    }

    [Fact]
    public void A_model_of_another_signature_is_refused()
    {
        Fails.With("TSR0745", () => Open(() => new PairSession(Saved(Models.Mean(TensorElementType.Float)))), "PairSession", "input a: f32 of rank 2", "Build again");
        Fails.With("TSR0745", () => Open(() => new MeanSession(Saved(Models.Mean(TensorElementType.Double)))), "x: f32", "f64[n, m]");
        Fails.With("TSR0745", () => Open(() => new IdentitySession(Saved(Models.WithDefault()), rank: 3)), "rank 3", "f32[3]");
        Fails.With("TSR0745", () => Open(() => new LoneSession(Saved(Models.SumAndProduct()))), "also needs input b");
        Fails.With("TSR0700", () => Open(() => new MeanSession("none.onnx")));
    }

    [Fact]
    public void Many_threads_share_a_session()
    {
        using PairSession session = new(Saved(Models.SumAndProduct()), new ModelSessionOptions { IntraOpThreads = 1 });
        Parallel.For(0, 200, i =>
        {
            float[] a = [.. A.Select(x => x + i)];
            using PairSession.Outputs result = session.Run(a, B);
            Assert.Equal(11 + i, result.Sum[0]);
        });
    }

    private static void Open(Func<TypedSession> open) => open().Dispose();

    private string Saved(byte[] model) => _folder.Write($"{Guid.NewGuid():N}.onnx", model);

    private sealed class PairSession(string path, ModelSessionOptions? options = null) : TypedSession(path, s_signature, options)
    {
        private static readonly SessionSignature s_signature = new(
            [SessionTensor.Of<float>("a", 2), SessionTensor.Of<float>("b", 2)], [SessionTensor.Of<float>("sum", 2), SessionTensor.Of<float>("product", null)]);

        public Outputs Run(SessionInput<float> a, SessionInput<float> b) => new(Run([a.As("a"), b.As("b")], [], default));

        public Outputs RunInto(SessionInput<float> a, SessionInput<float> b, Buffers into) =>
            new(Run([a.As("a"), b.As("b")], [into.Sum.For("sum"), into.Product.For("product")], default));

        public sealed class Outputs(RunResult result) : SessionOutputs(result)
        {
            public SessionOutput<float> Sum => Typed<float>("sum");

            public SessionOutput<float> Product => Typed<float>("product");
        }

        public readonly struct Buffers
        {
            public SessionBuffer<float> Sum { get; init; }

            public SessionBuffer<float> Product { get; init; }
        }
    }

    private sealed class MeanSession(string path) : TypedSession(path, new([SessionTensor.Of<float>("x", 2)], [SessionTensor.Of<float>("y", 2)]), null)
    {
        public RunResult Run(SessionInput<float> x) => Run([x.As("x")], [], default);
    }

    private sealed class IdentitySession(string path, int rank = 2) : TypedSession(path, new([SessionTensor.Of<float>("x", rank)], []), null)
    {
        public RunResult Run(SessionInput<float> x) => Run([x.As("x")], [], default);
    }

    private sealed class LoneSession(string path) : TypedSession(path, new([SessionTensor.Of<float>("a", 2)], []), null);

    private sealed class DefaultSession(string path)
        : TypedSession(path, new([SessionTensor.Of<float>("x", 1), SessionTensor.Of<float>("bias", 1, isOptional: true)], [SessionTensor.Of<float>("y", 1)]), null)
    {
        public RunResult Run(SessionInput<float> x, SessionInput<float> bias = default) => Run([x.As("x"), bias.As("bias")], [], default);
    }
}
