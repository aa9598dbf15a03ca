using Tessera.Ir;

namespace Tessera.Nn.Layers;

/// <summary>What one recurrent layer takes, as ONNX has it; no state means zeros.</summary>
internal sealed record RecurrentOperands(Value X, Value W, Value R, Value? Bias, Value?[] States, int Hidden)
{
    public Value? State(int index) => index < States.Length ? States[index] : null;
}
