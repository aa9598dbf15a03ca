using Tessera.Ir;

namespace Tessera.Onnx;

/// <summary>Sizes as <c>i64</c> vectors: constants where they are known, else shape arithmetic over values that carry their symbols.</summary>
internal sealed class DimWriter(EmitScope scope, DimFacts facts, int opset)
{
    private const string Path = "sizes";

    /// <summary>First opset whose Squeeze takes its axes as an input.</summary>
    private const int SqueezeByInput = 13;

    /// <summary>First opset whose Shape takes a range of axes.</summary>
    private const int ShapeOfRange = 15;

    /// <summary>The name of a vector that holds the sizes of <paramref name="shape"/>.</summary>
    /// <exception cref="TesseraException">TSR0805: no value written so far carries a symbol; <see cref="EmissionOrder"/> writes those that do first.</exception>
    public string Vector(Shape shape)
    {
        if (shape.TryGetStatic(out long[] sizes))
        {
            return scope.Constant(TensorContent.Vector(sizes));
        }

        if (scope.Sizes(shape) is { } known)
        {
            return known;
        }

        string name = shape.Rank == 1 ? Compute(shape[0]) : scope.AddHelper(Path, "Concat", Parts(shape), AttributeWriter.Write("axis", 0L));
        scope.BindSizes(shape, name);
        return name;
    }

    /// <summary>The name of a rank-0 tensor that holds the size.</summary>
    public string Scalar(Dim dim) => dim.IsConst(out long value)
        ? scope.Constant(TensorContent.Scalar(value))
        : opset >= SqueezeByInput ? scope.AddHelper(Path, "Squeeze", [Vector([dim]), scope.Constant(TensorContent.Vector(0))])
        : scope.AddHelper(Path, "Squeeze", [Vector([dim])], AttributeWriter.Write("axes", EquatableArray.Create<long>([0L])));

    // Neighbouring constants become one piece.
    private List<string> Parts(Shape shape)
    {
        List<string> parts = [];
        for (int i = 0; i < shape.Rank;)
        {
            int end = i + 1;
            while (shape[i].ConstValue is not null && end < shape.Rank && shape[end].ConstValue is not null)
            {
                end++;
            }

            parts.Add(Vector(shape[i..end]));
            i = end;
        }

        return parts;
    }

    private string Compute(Dim dim) => dim switch
    {
        SymDim symbol => Read(symbol.Name),
        SumDim sum => Sum(sum),
        ProductDim product => Product(product.Coefficient, product),
        FloorDivDim div => FloorDiv(div.Numerator, div.Denominator),
        CeilDivDim div => CeilDiv(div),
        ModDim mod => Binary("Mod", mod.Numerator, mod.Denominator),
        MinDim min => scope.AddHelper(Path, "Min", min.Operands.Select(One)),
        MaxDim max => scope.AddHelper(Path, "Max", max.Operands.Select(One)),
        _ => throw new InvalidOperationException($"unknown size {dim.GetType()}"),
    };

    private string One(Dim dim) => Vector([dim]);

    private string Binary(string opType, Dim a, Dim b) => scope.AddHelper(Path, opType, [One(a), One(b)]);

    private string Sum(SumDim sum)
    {
        // A positive term first, so that n − 1 is one subtraction.
        Dim[] terms = [.. sum.Terms.OrderBy(static t => Sign(t) < 0)];
        string total = Sign(terms[0]) < 0 ? Negative(terms[0]) : One(terms[0]);
        foreach (Dim term in terms.Skip(1))
        {
            total = Sign(term) < 0
                ? scope.AddHelper(Path, "Sub", [total, One(-term)])
                : scope.AddHelper(Path, "Add", [total, One(term)]);
        }

        return total;
    }

    private static int Sign(Dim term) => term switch
    {
        ConstDim c => Math.Sign(c.Value),
        ProductDim p => Math.Sign(p.Coefficient),
        _ => 1,
    };

    private string Negative(Dim term) => scope.AddHelper(Path, "Neg", [One(-term)]);

    private string Product(long coefficient, ProductDim product)
    {
        string total = One(product.Factors[0]);
        foreach (Dim factor in product.Factors.Skip(1))
        {
            total = scope.AddHelper(Path, "Mul", [total, One(factor)]);
        }

        return coefficient == 1 ? total : scope.AddHelper(Path, "Mul", [total, One(coefficient)]);
    }

    // ONNX divides towards zero and takes remainders with the divisor's sign: (a − mod(a, b)) / b is exact, whatever the signs.
    private string FloorDiv(Dim a, Dim b) => facts.Range(a).Min >= 0 && facts.Range(b).Min >= 0
        ? Binary("Div", a, b)
        : scope.AddHelper(Path, "Div", [scope.AddHelper(Path, "Sub", [One(a), Binary("Mod", a, b)]), One(b)]);

    // ⌈a / k⌉ = ⌊(a − (1 − k)) / k⌋. Nothing else subtracts a negative constant: by that the reader knows it again.
    private string CeilDiv(CeilDivDim div)
    {
        (Dim a, Dim b) = (div.Numerator, div.Denominator);
        if (b.IsConst(out long k) && k > 1 && facts.Range(a + (k - 1)).Min >= 0)
        {
            return scope.AddHelper(Path, "Div", [scope.AddHelper(Path, "Sub", [One(a), One(1 - k)]), One(k)]);
        }

        return scope.AddHelper(Path, "Neg", [FloorDiv(-a, b)]);
    }

    private string Read(string symbol)
    {
        SymbolCarrier carrier = scope.Carrier(symbol) ?? throw new TesseraException(
            "TSR0805", "", $"the size '{symbol}' is needed as a number, but no value before it has an axis of that size.",
            $"Give the model an input with an axis '{symbol}'.");
        string size = opset >= ShapeOfRange
            ? scope.AddHelper(Path, "Shape", [carrier.Value], AttributeWriter.Write("start", (long)carrier.Axis), AttributeWriter.Write("end", carrier.Axis + 1L))
            : scope.AddHelper(Path, "Gather", [scope.AddHelper(Path, "Shape", [carrier.Value]), scope.Constant(TensorContent.Vector(carrier.Axis))]);
        size = carrier.Offset == 0 ? size : scope.AddHelper(Path, "Sub", [size, One(carrier.Offset)]);
        return carrier.Factor == 1 ? size : scope.AddHelper(Path, "Div", [size, One(carrier.Factor)]);
    }
}
