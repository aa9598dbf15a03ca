using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>A perceptron of two or three matrices, as a graph spells it; stacks of many have a leading axis in every weight.</summary>
/// <param name="X">What it is given.</param>
/// <param name="First">First matrix and bias.</param>
/// <param name="Second">Second matrix and bias.</param>
internal sealed record ExpertForm(Value X, Affine First, Affine Second)
{
    /// <summary>The matrix of the gate's factor, where it has one of its own.</summary>
    public Affine? Third { get; init; }

    public ExpertActivation Activation { get; init; }

    public ExpertGate Gate { get; init; }

    public double Alpha { get; init; } = 1;

    public double Beta { get; init; }

    public double Limit { get; init; }

    /// <summary>Its matrices, in the order of <see cref="GroupedMlp.Tail"/>.</summary>
    public IEnumerable<Affine> Parts => Third is null ? [First, Second] : [First, Second, Third];

    /// <summary>All that belongs to it, in the order of <see cref="GroupedMlp.Tail"/>, each with the rank that it has there.</summary>
    public IEnumerable<(Value Value, int Rank)> Tail(RewriteContext context) => Parts.SelectMany(p => p.Tail(context));

    /// <summary>Whether all matrices have a bias, or none, and are kept in the same way.</summary>
    public bool IsEven => Parts.All(p => p.Bias is null == First.Bias is null && p.IsLike(First));

    /// <summary>Whether two differ in their weights alone.</summary>
    public bool IsLike(ExpertForm other) => Activation == other.Activation && Gate == other.Gate
        && Alpha.Equals(other.Alpha) && Beta.Equals(other.Beta) && Limit.Equals(other.Limit)
        && First.Bias is null == other.First.Bias is null && First.IsLike(other.First);
}
