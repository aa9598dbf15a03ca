using Tessera.Ir;
using Tessera.Nn.Models;
using Tessera.Nn.Weights;

namespace Tessera.Nn.Layers;

/// <summary>
/// Experts whose matrices lie in one weight each, <c>w1[E, in, out]</c>, or <c>[E, out, in]</c>, with biases <c>w1_bias[E, out]</c>. Each
/// expert has its view of them; nothing is copied.
/// </summary>
public sealed class StackedExperts : Experts
{
    private readonly ExpertNames _names;
    private readonly bool _outputsFirst;

    /// <param name="dim">Width of x.</param>
    /// <param name="count">E, the number of experts.</param>
    /// <param name="hidden">Hidden width.</param>
    /// <param name="options">What they compute; null for two matrices with biases and a GELU.</param>
    /// <param name="names">Names of the stacks; null for w1, w2 and w3.</param>
    /// <param name="outputsFirst">Whether matrices are <c>[out, in]</c>, as those of linear layers, in place of <c>[in, out]</c>.</param>
    public StackedExperts(int dim, int count, int hidden, ExpertOptions? options = null, ExpertNames? names = null, bool outputsFirst = false)
        : base(dim, count, options)
    {
        ModelSizes.InRange(nameof(StackedExperts), "hidden size", hidden);
        (_names, _outputsFirst) = (names ?? ExpertNames.Numbered, outputsFirst);
        int first = Options.HoldsGate ? 2 * hidden : hidden;
        (First, FirstBias) = (Stack(dim, first), Bias(first));
        (Second, SecondBias) = (Stack(hidden, dim), Bias(dim));
        (Third, ThirdBias) = Options.Matrices == 3 ? (Stack(dim, hidden), Bias(hidden)) : (null, null);
    }

    /// <summary>The matrices to what is activated.</summary>
    public Parameter First { get; }

    public Parameter? FirstBias { get; }

    /// <summary>Those to the result.</summary>
    public Parameter Second { get; }

    public Parameter? SecondBias { get; }

    /// <summary>Those to the gate's factor; null where there is none or the first hold it.</summary>
    public Parameter? Third { get; }

    public Parameter? ThirdBias { get; }

    public override IEnumerable<ModuleMember> Members =>
    [
        new(_names.First, First), new($"{_names.First}_bias", FirstBias),
        new(_names.Second, Second), new($"{_names.Second}_bias", SecondBias),
        new(_names.Third, Third), new($"{_names.Third}_bias", ThirdBias),
    ];

    public override string ToString() => $"{nameof(StackedExperts)}({string.Join(", ", Members.Where(static m => m.Member is not null).Select(static m => $"{m.Name}: {m.Member}"))})";

    private protected override IReadOnlyList<IReadOnlyList<ExpertWeight>> Weights(Tensor any)
    {
        var stacks = new[] { (First, FirstBias), (Second, SecondBias), (Third, ThirdBias) }
            .Where(static s => s.Item1 is not null).Select(s => (Matrix: s.Item1!.In(any), Bias: s.Item2?.In(any))).ToArray();
        return
        [
            .. Enumerable.Range(0, Count).Select(e => (ExpertWeight[])[.. stacks.Select(s => new ExpertWeight(
                _outputsFirst ? Member(s.Matrix, e).Transpose() : Member(s.Matrix, e), s.Bias is null ? null : Member(s.Bias, e)))]),
        ];
    }

    // As a linear layer starts: the bound is 1/√fan_in.
    private Parameter Stack(int inputs, int outputs)
    {
        double bound = 1 / Math.Sqrt(inputs);
        Shape shape = _outputsFirst ? [Count, outputs, inputs] : [Count, inputs, outputs];
        return new Parameter(shape, Initializer.Uniform(-bound, bound));
    }

    private Parameter? Bias(int outputs) => Options.Biases ? new([Count, outputs], Initializer.Zeros) : null;

    private static Tensor Member(Tensor stack, int expert) => stack.Slice(0, expert, expert + 1).Squeeze(0);
}
