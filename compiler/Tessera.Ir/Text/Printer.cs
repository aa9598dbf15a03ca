using System.Text;

namespace Tessera.Ir.Text;

/// <summary>
/// Writes graphs in the text form: one op a line, numbered in emission order, so that equal graphs have equal text.
/// The parser reads it back.
/// </summary>
public sealed class Printer
{
    private readonly StringBuilder _text = new();
    private readonly Dictionary<Value, string> _names = [];
    private readonly bool _places;
    private int _next;

    private Printer(bool places) => _places = places;

    /// <param name="graph">The graph.</param>
    /// <param name="places">Adds the module path and C# line of each op as a comment.</param>
    public static string Print(Graph graph, bool places = false)
    {
        Printer printer = new(places);
        printer.Write(graph);
        return printer._text.ToString();
    }

    /// <summary>The value of an attribute, as it stands in the text of its op; regions have none of one line.</summary>
    public static string PrintAttribute(object? value) => AttributeText.Write(value);

    /// <summary>The text of a region alone, parameters by position, so that equal regions have equal text whatever their names.</summary>
    public static string PrintRegion(Region region)
    {
        Printer printer = new(places: false);
        printer.Write(region, "");
        return printer._text.ToString();
    }

    private void Write(Graph graph)
    {
        _text.Append("graph ").Append(AttributeText.Quote(graph.Name)).Append(" {\n");
        foreach (Value input in graph.Inputs)
        {
            _names[input] = AttributeText.ValueName(((Ops.Input)input.Producer).Name);
            _text.Append("  input ").Append(_names[input]).Append(": ").Append(input.Type).Append('\n');
        }

        WriteHeader(graph);
        WriteOps(graph.Roots, "  ");
        foreach (GraphOutput output in graph.Outputs)
        {
            _text.Append("  output ").Append(AttributeText.Quote(output.Name)).Append(" = ").Append(_names[output.Value]).Append('\n');
        }

        _text.Append("}\n");
    }

    private void WriteHeader(Graph graph)
    {
        foreach (Constraint constraint in graph.Constraints)
        {
            _text.Append("  where ").Append(constraint).Append('\n');
        }

        foreach (Constraint constraint in graph.Each)
        {
            _text.Append("  each ").Append(constraint).Append('\n');
        }

        foreach (string symbol in graph.Ragged)
        {
            _text.Append("  ragged ").Append(Dim.Sym(symbol)).Append('\n');
        }

        foreach ((string key, string value) in graph.Metadata.OrderBy(static p => p.Key, StringComparer.Ordinal))
        {
            _text.Append("  meta ").Append(AttributeText.Quote(key)).Append(" = ").Append(AttributeText.Quote(value)).Append('\n');
        }
    }

    private void Write(Region region, string indent)
    {
        // Numbering starts anew inside, and the region's values are none of the outside's: it is closed.
        int outer = _next;
        _next = 0;
        _text.Append("{\n");
        for (int i = 0; i < region.Parameters.Count; i++)
        {
            _names[region.Parameters[i]] = $"%p{i}";
            _text.Append(indent).Append("  input %p").Append(i).Append(": ").Append(region.Parameters[i].Type).Append('\n');
        }

        WriteOps(region.Results, indent + "  ");
        _text.Append(indent).Append("  yield ").AppendJoin(", ", region.Results.Select(v => _names[v])).Append('\n');
        _text.Append(indent).Append('}');
        _next = outer;
    }

    private void WriteOps(IEnumerable<Value> roots, string indent)
    {
        foreach (Op op in GraphWalk.PostOrder(roots))
        {
            if (op is Ops.Input)
            {
                continue;
            }

            foreach (Value output in op.Outputs)
            {
                _names[output] = $"%{_next++}";
            }

            _text.Append(indent).AppendJoin(", ", op.Outputs.Select(v => $"{_names[v]}: {v.Type}"));
            _text.Append(" = ").Append(op.Schema.Name);
            WriteOperands(op);
            WriteAttributes(op, indent);
            if (_places && op.Outputs[0].Source is { } source && source != SourceLocation.None)
            {
                _text.Append("  # ").Append(source);
            }

            _text.Append('\n');
        }
    }

    private void WriteOperands(Op op)
    {
        int count = op.Operands.Length;
        while (count > 0 && op.Operands[count - 1] is null)
        {
            count--;
        }

        if (count > 0)
        {
            _text.Append(' ').AppendJoin(", ", op.Operands.Take(count).Select(v => v is null ? "_" : _names[v]));
        }
    }

    private void WriteAttributes(Op op, string indent)
    {
        string separator = " {";
        foreach (AttributeSpec attribute in op.Schema.Attributes)
        {
            object? value = attribute.Get(op);
            if (!attribute.Required && Equals(value, attribute.Default))
            {
                continue;
            }

            _text.Append(separator).Append(attribute.Name).Append(" = ");
            if (value is Region region)
            {
                Write(region, indent);
            }
            else
            {
                _text.Append(AttributeText.Write(value));
            }

            separator = ", ";
        }

        if (separator == ", ")
        {
            _text.Append('}');
        }
    }
}
