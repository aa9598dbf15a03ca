using Tessera.Nn;
using Tessera.Nn.Weights;

namespace Tessera.Compiler.Tests.Samples;

// sample: layer
/// <summary>Multiplies each feature by a weight of its own (LayerScale, arXiv 2103.17239): <c>x[…, dim] → […, dim]</c>.</summary>
[Module]
public sealed partial class LayerScale(int dim, double initial = 1e-5)
{
    public Parameter Gamma { get; } = new([dim], Initializer.Constant(initial));

    public Tensor Forward(Tensor x) => x * Gamma.In(x);
}
// end

// sample: layer_model
[Module, Ragged("n")]
public sealed partial class Scaled
{
    public LayerScale Scale { get; } = new(4);

    public Tensor Forward([Input("f32[n, 4]")] Tensor x) => x + x.Apply(Scale);
}
// end
