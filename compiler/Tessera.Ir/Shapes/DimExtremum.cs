namespace Tessera.Ir;

/// <summary>Normal forms of minima and maxima: flat, sorted, distinct, and operands that differ by a constant resolved.</summary>
internal static class DimExtremum
{
    public static Dim Of(IEnumerable<Dim> operands, bool max)
    {
        var offsets = new Dictionary<Dim, long>();
        foreach (Dim operand in operands)
        {
            switch (operand)
            {
                case MinDim inner when !max:
                    foreach (Dim part in inner.Operands) Add(offsets, part, max);
                    break;
                case MaxDim inner when max:
                    foreach (Dim part in inner.Operands) Add(offsets, part, max);
                    break;
                default:
                    Add(offsets, operand, max);
                    break;
            }
        }
        Dim[] rest = [.. offsets.Select(static entry => entry.Key + entry.Value).Order()];
        return rest switch
        {
            [] => throw DimErrors.NoOperands(max ? "max" : "min"),
            [var single] => single,
            _ when max => new MaxDim([.. rest]),
            _ => new MinDim([.. rest]),
        };
    }

    private static void Add(Dictionary<Dim, long> offsets, Dim operand, bool max)
    {
        long constant = operand switch
        {
            ConstDim c => c.Value,
            SumDim { Terms: [.., ConstDim last] } => last.Value,
            _ => 0,
        };
        Dim symbolic = constant == 0 ? operand : operand - constant;
        offsets[symbolic] = !offsets.TryGetValue(symbolic, out long present) ? constant
            : max ? Math.Max(present, constant) : Math.Min(present, constant);
    }
}
