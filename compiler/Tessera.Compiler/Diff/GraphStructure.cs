using System.Globalization;
using System.Text;
using Tessera.Ir;
using Tessera.Ir.Onnx;
using Tessera.Ir.Text;

namespace Tessera.Compiler.Diff;

/// <summary>
/// Numbers of the ops of a graph or region: two ops have one number exactly when they compute the same from the same leaves.
/// Names of weights, nodes and sizes play no part: a weight is its content, a size the value and axis that brings it.
/// </summary>
internal sealed class GraphStructure
{
    // Numbers that keep ops apart, names by which a carried subgraph calls outer values, claims: none of it is what is computed.
    private static readonly HashSet<string> s_ignored = ["id", "captures", "results"];

    private readonly StructureIds _ids;
    private readonly IReadOnlyDictionary<string, WeightSource> _weights;
    private readonly Dictionary<string, Dim> _sizes;
    private readonly Dictionary<Op, int> _numbers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Region, GraphStructure> _regions = new(ReferenceEqualityComparer.Instance);

    /// <param name="ids">Shared by both sides.</param>
    /// <param name="roots">What is computed.</param>
    /// <param name="leaves">Inputs in an order that both sides have alike, each under its label.</param>
    /// <param name="weights">Bytes of weights.</param>
    /// <param name="outer">The graph around a region.</param>
    public GraphStructure(
        StructureIds ids, IEnumerable<Value> roots, IReadOnlyList<(Value Leaf, string Label)> leaves, IReadOnlyDictionary<string, WeightSource> weights, GraphStructure? outer = null)
    {
        (_ids, _weights, Roots) = (ids, weights, [.. roots]);
        _sizes = outer is null ? new(StringComparer.Ordinal) : new(outer._sizes, StringComparer.Ordinal);
        foreach ((Value leaf, string label) in leaves)
        {
            Add(leaf.Producer, label);
        }

        Ops = GraphWalk.PostOrder(Roots);
        foreach (Op op in Ops)
        {
            if (!_numbers.ContainsKey(op))
            {
                Add(op, Describe(op));
            }
        }
    }

    public IReadOnlyList<Value> Roots { get; }

    /// <summary>Ops in the order of their making, leaves among them.</summary>
    public IReadOnlyList<Op> Ops { get; }

    public IReadOnlyDictionary<string, WeightSource> Weights => _weights;

    public int this[Op op] => _numbers[op];

    public GraphStructure Inside(Region region) => _regions[region];

    /// <summary>Attributes that say what is computed, as text that is the same on both sides.</summary>
    public IEnumerable<(string Name, string Text)> Attributes(Op op)
    {
        Op named = OpRewriting.Substitute(op, _sizes.GetValueOrDefault);
        return from attribute in named.Schema.Attributes
               where !s_ignored.Contains(attribute.Name)
               let value = attribute.Get(named)
               where attribute.Required || !Equals(value, attribute.Default)
               select (attribute.Name, value is Region region ? Text(region) : Printer.PrintAttribute(value));
    }

    private string Text(Region region)
    {
        if (!_regions.TryGetValue(region, out GraphStructure? inside))
        {
            inside = new GraphStructure(_ids, region.Results, [.. region.Parameters.Select(static (p, i) => (p, $"parameter {i}"))], _weights, this);
            _regions.Add(region, inside);
        }

        return $"{{{string.Join(", ", inside.Roots.Select(v => inside.Name(v)))}}}";
    }

    private string Name(Value value) => string.Create(CultureInfo.InvariantCulture, $"{_numbers[value.Producer]}.{value.Index}");

    private string Describe(Op op)
    {
        if (LeafContent.IsLeaf(op))
        {
            return LeafContent.Describe(op, _weights);
        }

        IEnumerable<string> operands = op.Operands.Select(v => v is null ? "_" : Name(v));
        StringBuilder text = new(op.Schema.Name);
        text.Append('(').AppendJoin(", ", (op.Traits & OpTraits.Commutative) != 0 ? operands.Order(StringComparer.Ordinal) : operands).Append(')');
        foreach ((string name, string value) in Attributes(op))
        {
            text.Append(' ').Append(name).Append('=').Append(value);
        }

        return text.ToString();
    }

    private void Add(Op op, string description)
    {
        int number = _ids.Of(description);
        _numbers.Add(op, number);
        foreach (Value value in op.Outputs)
        {
            if (value.Type is TensorType { Shape: { } shape })
            {
                for (int axis = 0; axis < shape.Rank; axis++)
                {
                    if (shape[axis].IsSymbol(out string symbol))
                    {
                        _sizes.TryAdd(symbol, Dim.Sym(string.Create(CultureInfo.InvariantCulture, $"size_{number}_{value.Index}_{axis}")));
                    }
                }
            }
        }
    }
}
