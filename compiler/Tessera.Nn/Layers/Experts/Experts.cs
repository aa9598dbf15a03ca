using Tessera.Nn.Models;

namespace Tessera.Nn.Layers;

/// <summary>The experts of a mixture: each token goes through those that a routing names, <c>x[n, dim] → [n, result]</c>.</summary>
public abstract class Experts : Module
{
    private protected Experts(int dim, int count, ExpertOptions? options)
    {
        ModelSizes.InRange(GetType().Name, "width", dim);
        ModelSizes.InRange(GetType().Name, "number of experts", count);
        (Count, Options) = (count, options ?? ExpertOptions.Gelu);
    }

    /// <summary>E, the number of experts.</summary>
    public int Count { get; }

    public ExpertOptions Options { get; }

    /// <summary>Sends tokens where a routing says.</summary>
    public Tensor Apply(Tensor x, Routing routing)
    {
        using Scope scope = Enter(x);
        Routing own = routing with { Weights = routing.Weights.To(x.DType) };
        return Functional.GroupedMlp(x, own, Weights(x), Options);
    }

    /// <summary>For each expert its matrices <c>[in, out]</c>.</summary>
    private protected abstract IReadOnlyList<IReadOnlyList<ExpertWeight>> Weights(Tensor any);
}
