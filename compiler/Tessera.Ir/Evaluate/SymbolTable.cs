namespace Tessera.Ir.Evaluate;

/// <summary>
/// Sizes of symbols during one evaluation; a nested table sees its parent, but for the symbols that <paramref name="own"/>
/// claims, and changes nothing in it.
/// </summary>
internal sealed class SymbolTable(SymbolTable? parent = null, Func<string, bool>? own = null)
{
    /// <summary>Whether results are rounded to the width of their element type, op by op, as a runtime stores them.</summary>
    public bool Rounds { get; init; }

    private readonly Dictionary<string, long> _sizes = new(StringComparer.Ordinal);

    /// <summary>A table for a region, whose builder made up names of its own that may be those of sizes outside.</summary>
    public SymbolTable Nested(Func<string, bool> own) => new(this, own) { Rounds = Rounds };

    public bool Knows(string symbol) => TryLookup(symbol, out _);

    public long Lookup(string symbol) => TryLookup(symbol, out long size)
        ? size
        : throw new TesseraException("TSR0302", "", $"the size '{symbol}' is not known: no input carries it.");

    /// <summary>Binds bare symbols of <paramref name="type"/> to actual sizes and checks all other dims.</summary>
    public void Unify(IrType type, RefValue value, string what)
    {
        if (type is not TensorType tensor || value is not RefTensor actual)
        {
            return;
        }

        if (tensor.DType != actual.DType || (tensor.Shape is { } s && s.Rank != actual.Rank))
        {
            throw new TesseraException("TSR0303", what, $"declared {tensor}, given {actual}.");
        }

        for (int axis = 0; axis < (tensor.Shape?.Rank ?? 0); axis++)
        {
            Bind(tensor.Shape![axis], actual.Dims[axis]);
        }

        for (int axis = 0; axis < (tensor.Shape?.Rank ?? 0); axis++)
        {
            Dim dim = tensor.Shape![axis];
            if (dim.Symbols.All(s => TryLookup(s, out _)) && dim.Evaluate(Lookup) != actual.Dims[axis])
            {
                throw new TesseraException("TSR0303", what, $"declared {tensor}, given {actual}: axis {axis} should be {dim} = {dim.Evaluate(Lookup)}.");
            }
        }
    }

    // A size c · s + k with one unknown symbol tells that symbol: cu_seqlens has batch + 1 entries.
    private void Bind(Dim dim, long size)
    {
        string[] unknown = [.. dim.Symbols.Where(s => !TryLookup(s, out _))];
        if (unknown.Length != 1)
        {
            return;
        }

        long At(long value) => dim.Evaluate(s => s == unknown[0] ? value : Lookup(s));
        long offset = At(0);
        long factor = At(1) - offset;
        bool affine = dim.IsSymbol(out _) || (factor != 0 && At(2) - At(1) == factor && (size - offset) % factor == 0);
        if (affine)
        {
            _sizes[unknown[0]] = (size - offset) / factor;
        }
    }

    private bool TryLookup(string symbol, out long size) =>
        _sizes.TryGetValue(symbol, out size) || (parent is not null && own?.Invoke(symbol) != true && parent.TryLookup(symbol, out size));
}
