namespace Tessera.Ir.Onnx;

/// <summary>
/// Sizes known only at run time are named after the value they belong to. Where a rewrite makes that value anew, later ops
/// that name the old size are given the new one.
/// </summary>
public sealed class SymbolRenames
{
    private readonly Dictionary<string, Dim> _renamed = new(StringComparer.Ordinal);

    /// <summary>The op with new names for old ones.</summary>
    public Op Apply(Op op) => _renamed.Count == 0 ? op : OpRewriting.Substitute(op, s => _renamed.GetValueOrDefault(s));

    /// <summary>Notes that a value of type <paramref name="was"/> is now one of type <paramref name="now"/>.</summary>
    public void Note(IrType was, IrType now)
    {
        if (was is not TensorType { Shape: { } old } || now is not TensorType { Shape: { } shape } || old.Rank != shape.Rank)
        {
            return;
        }

        for (int axis = 0; axis < old.Rank; axis++)
        {
            if (old[axis].IsSymbol(out string name) && old[axis] != shape[axis])
            {
                _renamed.TryAdd(name, shape[axis]);
            }
        }
    }
}
