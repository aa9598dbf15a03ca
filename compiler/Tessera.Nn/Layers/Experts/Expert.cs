using Tessera.Ir.Ops;
using Tessera.Nn.Models;

namespace Tessera.Nn.Layers;

/// <summary>The linear layers of one expert.</summary>
public sealed class Expert : Module
{
    private readonly ExpertNames _names;

    internal Expert(int dim, int hidden, int result, ExpertOptions options, ExpertNames names)
    {
        ModelSizes.InRange(nameof(Expert), "hidden size", hidden);
        ModelSizes.InRange(nameof(Expert), "width of the result", result);
        _names = names;
        First = new Linear(dim, options.HoldsGate ? 2 * hidden : hidden, options.Biases);
        Second = new Linear(hidden, result, options.Biases);
        Third = options.Gate == ExpertGate.Separate ? new Linear(dim, hidden, options.Biases) : null;
    }

    /// <summary>To what is activated.</summary>
    public Linear First { get; }

    /// <summary>To the result.</summary>
    public Linear Second { get; }

    /// <summary>To the gate's factor; null where there is none or the first layer holds it.</summary>
    public Linear? Third { get; }

    public override IEnumerable<ModuleMember> Members => [new(_names.First, First), new(_names.Second, Second), new(_names.Third, Third)];

    public override string ToString() => Describe(nameof(Expert));

    internal IReadOnlyList<ExpertWeight> Weights(Tensor any) =>
        [.. new[] { First, Second, Third }.OfType<Linear>().Select(l => new ExpertWeight(l.Weight.In(any).Transpose(), l.Bias?.In(any)))];
}
