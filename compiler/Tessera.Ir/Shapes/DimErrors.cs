namespace Tessera.Ir;

/// <summary>The errors of dims: TSR0101 overflow, TSR0102 division by zero, TSR0103 text, TSR0104 size, TSR0105 operands, TSR0107 names.</summary>
internal static class DimErrors
{
    /// <summary>Recursive walks take a few frames a level, so this bounds their stack.</summary>
    public const int MaxDepth = 1024;

    /// <summary>Shared parts count each time they occur, so this bounds every walk and every text.</summary>
    public const long MaxSize = 1 << 20;

    public static TesseraException Overflow(string what) =>
        new("TSR0101", "dim", $"{what} does not fit in 64 bits.", "Sizes this large cannot be allocated; check the shapes that lead here.");

    public static TesseraException DivisionByZero(string what) =>
        new("TSR0102", "dim", $"{what} divides by zero.", "Constrain the divisor to be at least 1.");

    public static TesseraException Text(string text, int at, string problem) =>
        new("TSR0103", $"column {at + 1}", $"{problem} in '{Shorten(text)}'.", "A dim reads like 2*n + 1, floordiv(n, 2), ceildiv(n, 14), mod(n, 4), min(a, b), max(a, b).");

    public static TesseraException NoOperands(string function) =>
        new("TSR0105", "dim", $"{function} needs at least one operand; got 0.");

    public static TesseraException ReservedName(string name) =>
        new("TSR0107", "dim", $"The symbol name '\\u{(int)name[0]:x4}{name[1..]}' starts with a character reserved for proofs.", "Rename the symbol.");

    public static void CheckSize(int depth, long size)
    {
        if (depth > MaxDepth)
            throw new TesseraException("TSR0104", "dim", $"The size expression nests {depth} deep; at most {MaxDepth} is allowed.", "Name an intermediate size with a symbol of its own.");
        if (size > MaxSize)
            throw new TesseraException("TSR0104", "dim", $"The size expression has {size} nodes; at most {MaxSize} are allowed.", "Name an intermediate size with a symbol of its own.");
    }

    private static string Shorten(string text) => text.Length <= 80 ? text : string.Concat(text.AsSpan(0, 77), "...");
}
