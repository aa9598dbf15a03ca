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
            else if (shape[axis].Symbols.Take(2).ToArray() is [var only] && Solve(shape[axis], only) is (var factor, var offset))
            {
                _affine.TryAdd(only, new SymbolCarrier(name, axis, factor, offset));
            }
        }
    }

    // c·n + k for a positive c, told by normal forms: what remains without k must be c times the symbol.
    private static (long Factor, long Offset)? Solve(Dim dim, string symbol)
    {
        try
        {
            long offset = dim.Evaluate(static _ => 0);
            long factor = checked(dim.Evaluate(static _ => 1) - offset);
            return factor > 0 && dim == (Dim.Sym(symbol) * factor) + offset ? (factor, offset) : null;
        }
        catch (TesseraException)
        {
            return null;
        }
    }
}
