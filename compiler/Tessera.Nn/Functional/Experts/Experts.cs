using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Nn;

/// <content>Mixtures of experts.</content>
public static partial class Functional
{
    /// <summary>Which experts each token goes to, and with what weight: <c>logits[n, E]</c>.</summary>
    /// <param name="logits">One row for each token.</param>
    /// <param name="options">The router.</param>
    /// <param name="selectionBias"><c>[E]</c>, added to scores where experts are selected; null for none.</param>
    public static Routing Route(Tensor logits, RouteOptions options, Tensor? selectionBias = null)
    {
        IReadOnlyList<Tensor> results = logits.Tracer.EmitAll(_ => new Route(logits.Value, selectionBias?.Value)
        {
            K = options.K,
            Scoring = options.Scoring,
            SelectFirst = options.SelectFirst,
            GroupCount = options.GroupCount,
            TopGroups = options.TopGroups,
            GroupScore = options.GroupScore,
            Renormalize = options.Renormalize,
            Epsilon = options.Epsilon,
            Scale = options.Scale,
            CapacityFactor = options.CapacityFactor,
            CapacityRounding = options.CapacityRounding,
            CapacityMultiple = options.CapacityMultiple,
            Priority = options.Priority,
            ExpertChoice = options.ExpertChoice,
            Jitter = options.Jitter,
            Lambda = options.Lambda,
            P = options.P,
            Magnitude = options.Magnitude,
        });
        return new Routing(logits, results[0], results[1], results.ElementAtOrDefault(2));
    }

    /// <summary>Each token of <c>x[n, d]</c> through its experts: <c>[n, d']</c>.</summary>
    /// <param name="x">One row for each token.</param>
    /// <param name="routing">Where tokens go; its weights have the element type of x.</param>
    /// <param name="experts">The matrices of each expert, in the order w1, w2, w3.</param>
    /// <param name="options">What they compute; whether there are biases is seen from the matrices.</param>
    /// <exception cref="TesseraException">TSR0625: an expert has other matrices than the options ask for, or than the first has.</exception>
    public static Tensor GroupedMlp(Tensor x, Routing routing, IReadOnlyList<IReadOnlyList<ExpertWeight>> experts, ExpertOptions options)
    {
        ExpertWeight? first = experts.Count > 0 && experts[0].Count > 0 ? experts[0][0] : null;
        for (int e = 0; e < experts.Count; e++)
        {
            if (experts[e].Count != options.Matrices || !experts[e].All(w => Kind(w) == Kind(first!)))
            {
                throw new TesseraException(
                    "TSR0625",
                    x.Tracer.Here().ToString(),
                    $"expert {e} has {string.Join(", ", experts[e].Select(Kind))}; {options.Matrices} matrices are wanted, each as the first expert's first: {(first is null ? "none" : Kind(first))}.",
                    "A gate of its own takes three matrices, any other two.");
            }
        }

        EquatableArray<Value> tail = experts.SelectMany(static e => e).SelectMany(static w => new[] { w.Matrix, w.Scale, w.ZeroPoint, w.Bias })
            .OfType<Tensor>().Select(static t => t.Value).ToEquatableArray();
        return x.Emit(_ => new GroupedMlp(x.Value, routing.Experts.Value, routing.Weights.Value, tail)
        {
            ExpertCount = experts.Count,
            Activation = options.Activation,
            Gate = options.Gate,
            Biases = first?.Bias is not null,
            Scaled = first?.Scale is not null,
            ZeroPoints = first?.ZeroPoint is not null,
            BlockSize = options.BlockSize,
            WeightOn = options.WeightOn,
            Alpha = options.Alpha,
            Beta = options.Beta,
            Limit = options.Limit,
        });
    }

    /// <summary>
    /// Sparse and differentiable top-k along the last axis (arXiv 2302.01425): a mask in [0, 1] that sums to k, or the elements
    /// themselves, shrunk, by magnitude. It prunes, selects, and makes losses of a top-k.
    /// </summary>
    /// <param name="x">Rows to select in.</param>
    /// <param name="k">How many elements the mask stands for.</param>
    /// <param name="lambda">Strength of the regularisation, above 0; towards 0 both are the hard top-k.</param>
    /// <param name="p">The norm, above 1: 2 is piecewise linear, 4/3 smooth.</param>
    /// <param name="magnitude">Selects by magnitude and gives elements in place of a mask.</param>
    public static Tensor SparseTopK(Tensor x, int k, double lambda = 1, double p = 2, bool magnitude = false) =>
        x.Emit(_ => new SparseTopK(x.Value) { K = k, Lambda = lambda, P = p, Magnitude = magnitude });

    /// <summary>x and normal noise, which a runtime draws anew each time it runs. ONNX Runtime 1.31 does so in models of opset 21 and less.</summary>
    /// <param name="x">What noise is added to.</param>
    /// <param name="deviation">Standard deviation.</param>
    /// <param name="seed">Where a session's numbers begin.</param>
    public static Tensor Noise(Tensor x, double deviation, int seed) =>
        x + x.Emit(_ => new RandomLike(x.Value) { Kind = RandomKind.Normal, Second = deviation, Seed = seed });

    private static string Kind(ExpertWeight weight) => "a matrix" + (weight.Scale is null ? "" : " with scale")
        + (weight.ZeroPoint is null ? "" : " and zero point") + (weight.Bias is null ? "" : " and bias");
}
