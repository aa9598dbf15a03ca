using Tessera.Nn;
using Tessera.Nn.Layers;

namespace Tessera.Compiler.Tests;

/// <summary>As small as a model with weights can be.</summary>
[Module]
public sealed partial class TwoLayers
{
    public Linear First { get; } = new(4, 6);

    public Linear Second { get; } = new(6, 3);

    public Tensor Forward([Input("f32[n, 4]")] Tensor x) => x.Apply(First).Apply(Second);
}
