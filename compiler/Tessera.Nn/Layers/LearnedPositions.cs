using Tessera.Ir;
using Tessera.Nn.Weights;
using static Tessera.Nn.Functional;

namespace Tessera.Nn.Layers;

/// <summary>Adds a learned row for each position, counted from the start of the example: <c>x[n, dim] → [n, dim]</c>, n ≤ count.</summary>
[Module]
public sealed partial class LearnedPositions(int count, int dim)
{
    public Parameter Weight { get; } = new([count, dim], Initializer.Normal(0, 0.02));

    /// <exception cref="TesseraException">TSR0616: there are surely more positions than rows; where it is not known, the model requires n ≤ count.</exception>
    public Tensor Forward(Tensor x)
    {
        Dim positions = x.Shape[0];
        switch (x.Tracer.Builder.Facts.GreaterEqual(count, positions))
        {
            case Proof.Disproved:
                throw new TesseraException("TSR0616", x.Tracer.Here().ToString(), $"the table has {count} rows for {positions} positions.", "Make it larger, or the example shorter.");
            case Proof.Unknown:
                x.Tracer.Builder.Assume(new Constraint.GreaterEqual(count, positions));
                break;
        }

        return x + Weight.In(x).Gather(Arange(x, positions));
    }
}
