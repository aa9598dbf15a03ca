using Tessera.Nn;
using Tessera.Nn.Layers;
using static Tessera.Nn.Functional;

namespace Tessera.Compiler.Tests.Packed;

/// <summary>Sums over the tokens of each example, and what each example makes of them: no attention, for nothing of it is one.</summary>
[Module]
[Ragged("n")]
public sealed partial class TokenProducts
{
    public Linear K { get; } = new(4, 3);

    public Linear V { get; } = new(4, 5);

    public Tensor Forward([Input("f32[n, 4]")] Tensor x)
    {
        Tensor memory = Tanh(x.Apply(K).Transpose(1, 0).MatMul(x.Apply(V)));
        Tensor read = x.Apply(K).MatMul(memory);
        // Of what the model makes: how ONNX Runtime adds up an input depends on where it lies in memory.
        Tensor mean = Mean(x.Apply(K), keepDims: false, 1).MatMul(read);
        return read + mean;
    }
}
