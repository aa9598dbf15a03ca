using Tessera.Ir;

namespace Tessera.Onnx;

/// <summary>An axis of a named value whose size is <c>Factor · symbol + Offset</c>.</summary>
internal sealed record SymbolCarrier(string Value, int Axis, long Factor, long Offset);

/// <summary>Where the value of each symbol can be read: the first value that has it as a size.</summary>
internal sealed class SymbolCarriers
{
    private readonly Dictionary<string, SymbolCarrier> _exact = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SymbolCarrier> _affine = new(StringComparer.Ordinal);

    public SymbolCarrier? Exact(string symbol) => _exact.GetValueOrDefault(symbol);

    public SymbolCarrier? Affine(string symbol) => _affine.GetValueOrDefault(symbol);

    public void Add(Value value, string name)
    {
        if (value.Type is not TensorType { Shape: { } shape })
        {
            return;
        }

        for (int axis = 0; axis < shape.Rank; axis++)
        {
            if (shape[axis].IsSymbol(out string symbol))
            {
                _exact.TryAdd(symbol, new SymbolCarrier(name, axis, 1, 0));
            }
            else if (AffineLength.Of(shape[axis]) is { Symbol: { } only, Factor: > 0 } affine)
            {
                _affine.TryAdd(only, new SymbolCarrier(name, axis, affine.Factor, affine.Offset));
            }
        }
    }
}
