using Tessera.Nn;
using Tessera.Nn.Layers;

namespace HelloGraph;

/// <summary>A GELU by its parts between two layers, then the mean over the n tokens of one example.</summary>
[Module]
[Ragged("n")]
[Where("n >= 1")]
public sealed partial class Hello
{
    public Linear First { get; } = new(4, 8);

    public Linear Second { get; } = new(8, 4);

    public Tensor Forward([Input("f32[n, 4]")] Tensor x)
    {
        Tensor h = x.Apply(First);
        h = 0.5 * h * (1 + Functional.Tanh(Math.Sqrt(2 / Math.PI) * (h + (0.044715 * h * h * h))));
        return Functional.Mean(h.Apply(Second), axes: 0);
    }
}
