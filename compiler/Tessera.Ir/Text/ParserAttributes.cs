using System.Globalization;
using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Text;

/// <summary>Reads attribute values, each by the C# type its schema names.</summary>
internal static class ParserAttributes
{
    public static object? Read(Lexer lexer, AttributeSpec attribute, Func<Region> region)
    {
        Type type = attribute.Type;
        int start = lexer.Start();
        if (type.IsEnum && type != typeof(DType))
        {
            return Member(lexer, type);
        }

        if (lexer.AcceptWord("none"))
        {
            return null;
        }

        return type switch
        {
            _ when type == typeof(long) => lexer.Integer(),
            _ when type == typeof(int) => checked((int)Math.Clamp(lexer.Integer(), int.MinValue, int.MaxValue)),
            _ when type == typeof(bool) => Flag(lexer),
            _ when type == typeof(string) => lexer.Quoted(),
            _ when type == typeof(Real) => new Real(Single(lexer)),
            _ when type == typeof(DType) => ElementType(lexer),
            _ when type == typeof(EquatableArray<long>) => List(lexer, '[', ']', static l => l.Integer()).ToEquatableArray(),
            _ when type == typeof(EquatableArray<Real>) => List(lexer, '[', ']', static l => new Real(Single(l))).ToEquatableArray(),
            _ when type == typeof(EquatableArray<string>) => List(lexer, '[', ']', static l => l.Quoted()).ToEquatableArray(),
            _ when type == typeof(EquatableArray<IrType>) => List(lexer, '[', ']', ReadType).ToEquatableArray(),
            _ when type == typeof(EquatableArray<Dim>) => ReadShape(lexer).ToEquatableArray(),
            _ when type == typeof(Dim) => ReadDim(lexer),
            _ when type == typeof(Shape) => ReadShape(lexer),
            _ when type == typeof(TensorContent) => Content(lexer),
            _ when type == typeof(Region) => region(),
            _ when typeof(IrType).IsAssignableFrom(type) => ReadType(lexer),
            _ => throw lexer.Error("TSR0142", start, $"attribute {attribute.Name} of type {type.Name} has no text form."),
        };
    }

    public static IrType ReadType(Lexer lexer)
    {
        int at = lexer.Start();
        int start = at;
        try
        {
            IrType type = TypeText.Read(lexer.Text, ref at);
            lexer.At = at;
            return type;
        }
        catch (TesseraException)
        {
            lexer.At = start;
            throw lexer.Expected(at > start ? "a type such as f32[n, 768], i64[] or seq<f32[*]>" : "a type such as f32[n, 768]", start);
        }
    }

    /// <summary>The name of a size, quoted where it is no plain one.</summary>
    public static string ReadSymbol(Lexer lexer)
    {
        int start = lexer.Start();
        return ReadDim(lexer).IsSymbol(out string symbol) ? symbol : throw lexer.Expected("a symbol such as n", start);
    }

    private static Dim ReadDim(Lexer lexer)
    {
        int start = lexer.Start();
        if (!Dim.TryParse(lexer.Text.AsSpan(start), out Dim dim, out int consumed))
        {
            throw lexer.Expected("a size such as 2*n + 1", start);
        }

        lexer.At = start + consumed;
        return dim;
    }

    private static Shape ReadShape(Lexer lexer)
    {
        int start = lexer.Start();
        if (!Shape.TryParse(lexer.Text.AsSpan(start), out Shape shape, out int consumed))
        {
            throw lexer.Expected("a shape such as [n, 768]", start);
        }

        lexer.At = start + consumed;
        return shape;
    }

    private static object Member(Lexer lexer, Type type)
    {
        int start = lexer.Start();
        string word = lexer.Word("a name");
        object[] members = [.. Enum.GetValues(type).Cast<object>()];
        return members.FirstOrDefault(m => Spelling.Snake(m.ToString()!) == word)
            ?? throw lexer.Expected($"one of {string.Join(", ", members.Select(static m => Spelling.Snake(m.ToString()!)))}", start);
    }

    private static bool Flag(Lexer lexer) =>
        lexer.AcceptWord("true") || (lexer.AcceptWord("false") ? false : throw lexer.Expected("true or false"));

    private static DType ElementType(Lexer lexer)
    {
        int start = lexer.Start();
        return DTypes.TryParse(lexer.Word("an element type such as f32"), out DType type)
            ? type
            : throw lexer.Expected("an element type such as f32, bf16 or i64", start);
    }

    private static float Single(Lexer lexer)
    {
        int start = lexer.Start();
        string text = lexer.Number("a number");
        return text switch
        {
            "nan" => float.NaN,
            "inf" => float.PositiveInfinity,
            "-inf" => float.NegativeInfinity,
            _ => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value)
                ? value
                : throw lexer.Expected("a number", start),
        };
    }

    private static double Double(Lexer lexer)
    {
        int start = lexer.Start();
        string text = lexer.Number("a number");
        return text switch
        {
            "nan" => double.NaN,
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                ? value
                : throw lexer.Expected("a number", start),
        };
    }

    private static List<T> List<T>(Lexer lexer, char open, char close, Func<Lexer, T> item)
    {
        List<T> items = [];
        lexer.Expect(open);
        while (!lexer.Accept(close))
        {
            if (items.Count > 0)
            {
                lexer.Expect(',');
            }

            items.Add(item(lexer));
        }

        return items;
    }

    private static TensorContent Content(Lexer lexer)
    {
        int start = lexer.Start();
        DType dtype = ElementType(lexer);
        List<long> dims = List(lexer, '[', ']', static l => l.Integer());
        try
        {
            return dims.Any(static d => d < 0)
                ? throw lexer.Error("TSR0147", start, $"a constant has no negative size; its sizes are [{string.Join(", ", dims)}].")
                : Content(lexer, dtype, dims);
        }
        catch (Exception e) when (e is OverflowException or ArgumentException or FormatException)
        {
            throw lexer.Error("TSR0147", start, $"the content of the constant does not fit {dtype.Text()}[{string.Join(", ", dims)}]: {e.Message}", inner: e);
        }
        catch (TesseraException e) when (e.Code == "TSR0110")
        {
            throw lexer.Error("TSR0147", start, e.Message, inner: e);
        }
    }

    private static TensorContent Content(Lexer lexer, DType dtype, List<long> dims)
    {
        if (dtype != DType.String && lexer.AcceptWord("base64"))
        {
            return TensorContent.FromBytes(dtype, dims, Convert.FromBase64String(lexer.Quoted()));
        }

        if (dtype == DType.String)
        {
            List<string> strings = List(lexer, '{', '}', static l => l.Quoted());
            long count = dims.Aggregate(1L, static (a, b) => checked(a * b));
            return strings.Count == count
                ? TensorContent.FromStrings(dims, strings)
                : throw new ArgumentException($"it takes {count} strings; {strings.Count} are given.");
        }

        RefTensor tensor = dtype switch
        {
            DType.Bool => RefTensor.Bools(dims, [.. List(lexer, '{', '}', Flag)]),
            DType.F64 => RefTensor.Floats(dtype, dims, [.. List(lexer, '{', '}', Double)]),
            _ when dtype.IsFloat() => RefTensor.Floats(dtype, dims, [.. List(lexer, '{', '}', static l => (double)Single(l))]),
            _ => RefTensor.Ints(dtype, dims, [.. List(lexer, '{', '}', static l => l.Integer())]),
        };
        return RefTensors.ToContent(tensor);
    }
}
