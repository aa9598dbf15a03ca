using Tessera.Nn.Models;
using Tessera.Nn.Weights;

namespace Tessera.Nn.Layers;

/// <summary>
/// Experts whose matrices lie in one weight each, <c>w1[E, in, out]</c>, or <c>[E, out, in]</c>, with biases <c>w1_bias[E, out]</c>. Each
/// expert has its view of them; nothing is copied.
/// </summary>
public sealed class ExpertStack : Experts
{
    private readonly bool _outputsFirst;
    private readonly List<(string Name, Parameter Matrix, Parameter? Bias)> _stacks = [];

    /// <param name="dim">Width of x.</param>
    /// <param name="count">E, the number of experts.</param>
    /// <param name="hidden">Hidden width.</param>
    /// <param name="options">What they compute; null for two matrices with biases and a GELU.</param>
    /// <param name="names">Names of the stacks; null for w1, w2 and w3.</param>
    /// <param name="outputsFirst">Whether matrices are <c>[out, in]</c>, as those of linear layers, in place of <c>[in, out]</c>.</param>
    public ExpertStack(int dim, int count, int hidden, ExpertOptions? options = null, ExpertNames? names = null, bool outputsFirst = false)
        : base(dim, count, options)
    {
        ModelSizes.InRange(nameof(ExpertStack), "hidden size", hidden);
        _outputsFirst = outputsFirst;
        ExpertNames called = names ?? ExpertNames.Numbered;
        Add(called.First, dim, Options.HoldsGate ? 2 * hidden : hidden);
        Add(called.Second, hidden, dim);
        if (Options.Matrices == 3)
        {
            Add(called.Third, dim, hidden);
        }
    }

    public override IEnumerable<ModuleMember> Members =>
        _stacks.SelectMany(static s => new ModuleMember[] { new(s.Name, s.Matrix), new($"{s.Name}_bias", s.Bias) });

    public override string ToString() => $"{nameof(ExpertStack)}({string.Join(", ", _stacks.Select(static s => $"{s.Name}: {s.Matrix}"))})";

    private protected override IReadOnlyList<IReadOnlyList<ExpertWeight>> Weights(Tensor any)
    {
        var stacks = _stacks.Select(s => (Matrix: s.Matrix.In(any), Bias: s.Bias?.In(any))).ToArray();
        return
        [
            .. Enumerable.Range(0, Count).Select(e => (ExpertWeight[])[.. stacks.Select(s => new ExpertWeight(
                _outputsFirst ? Member(s.Matrix, e).Transpose() : Member(s.Matrix, e), s.Bias is null ? null : Member(s.Bias, e)))]),
        ];
    }

    // As a linear layer starts: the bound is 1/√fan_in.
    private void Add(string name, int inputs, int outputs)
    {
        double bound = 1 / Math.Sqrt(inputs);
        Parameter matrix = new(_outputsFirst ? [Count, outputs, inputs] : [Count, inputs, outputs], Initializer.Uniform(-bound, bound));
        _stacks.Add((name, matrix, Options.Biases ? new Parameter([Count, outputs], Initializer.Zeros) : null));
    }

    private static Tensor Member(Tensor stack, int expert) => stack.Slice(0, expert, expert + 1).Squeeze(0);
}
