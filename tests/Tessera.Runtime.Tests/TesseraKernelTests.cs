using Xunit;

namespace Tessera.Runtime.Tests;

public sealed class TesseraKernelTests
{
    private static readonly TensorInput[] Inputs =
    [
        .. new[] { "q", "k" }.Select(name => TensorInput.From(name, new float[4], 4, 1, 1)),
        TensorInput.From("v", [1f, 3, 10, 30], 4, 1, 1),
        .. new[] { "cu_q", "cu_k" }.Select(name => TensorInput.From(name, [0, 2, 4], 3)),
    ];

    [Fact]
    public void Kernels_take_the_place_of_function_bodies()
    {
        using var session = ModelSession.FromBytes(Models.PackedAttention(withBody: true));
        using var result = session.Run(Inputs);

        // Equal logits: every query sees the mean of its own segment.
        Assert.Equal([2f, 2, 20, 20], result.Span<float>("y"));
    }

    [Fact]
    public void Bodies_run_where_kernels_are_turned_off()
    {
        using var session = ModelSession.FromBytes(Models.PackedAttention(withBody: true), new() { UseTesseraKernels = false });
        using var result = session.Run(Inputs);

        Assert.Equal([1f, 3, 10, 30], result.Span<float>("y"));
    }

    [Fact]
    public void Model_without_bodies_needs_the_kernels()
    {
        using var session = ModelSession.FromBytes(Models.PackedAttention(withBody: false));
        using var result = session.Run(Inputs);

        Assert.Equal(20f, result.Span<float>("y")[3]);
        Fails.With(
            "TSR0702",
            () => ModelSession.FromBytes(Models.PackedAttention(withBody: false), new() { UseTesseraKernels = false }),
            "PackedAttention",
            "UseTesseraKernels");
    }
}
