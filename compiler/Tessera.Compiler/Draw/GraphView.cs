using Tessera.Compiler.Explain;
using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Compiler.Draw;

/// <summary>Makes a picture's boxes and lines of a graph: weights stand in the boxes that use them; what is large is put together.</summary>
internal sealed class GraphView
{
    private const int MostLines = 4;

    private readonly IReadOnlyList<Value> _inputs;
    private readonly IReadOnlyList<(string Name, Value Value)> _outputs;
    private readonly Op[] _ops;
    private readonly int[] _groupOf;
    private readonly Func<Op, bool> _isMarked;
    private readonly int _shared;
    private readonly List<DrawnNode> _nodes = [];
    private readonly Dictionary<(int, int), DrawnEdge> _edges = [];

    private GraphView(IReadOnlyList<Value> inputs, IReadOnlyList<(string Name, Value Value)> outputs, Op[] ops, OpGroups groups, Func<Op, bool> isMarked)
    {
        (_inputs, _outputs, _ops, _groupOf, _isMarked) = (inputs, outputs, ops, groups.GroupOf, isMarked);
        _shared = ops.Length == 0 ? 0 : CommonPath(ops).Length;
    }

    /// <param name="graph">The graph.</param>
    /// <param name="isMarked">Which ops are framed.</param>
    public static DrawnGraph Of(Graph graph, Func<Op, bool> isMarked) => Of(graph.Inputs, [.. graph.Outputs.Select(static o => (o.Name, o.Value))], isMarked);

    /// <summary>The same of a branch or a loop's body.</summary>
    public static DrawnGraph Of(Region region, Func<Op, bool> isMarked) => Of(region.Parameters, [.. region.Results.Select(static (v, i) => ($"result {i}", v))], isMarked);

    /// <summary>Ops that a picture gives boxes.</summary>
    public static Op[] Ops(IEnumerable<Value> roots) => [.. GraphWalk.PostOrder(roots).Where(static op => op is not (Input or Parameter or Constant or DimValue))];

    private static DrawnGraph Of(IReadOnlyList<Value> inputs, IReadOnlyList<(string, Value Value)> outputs, Func<Op, bool> isMarked)
    {
        Op[] ops = Ops(outputs.Select(static o => o.Value));
        OpGroups groups = OpGroups.Of(ops);
        return new GraphView(inputs, outputs, ops, groups, isMarked).Build(groups.Caption);
    }

    private DrawnGraph Build(string? caption)
    {
        Dictionary<Op, int> boxes = new(ReferenceEqualityComparer.Instance);
        foreach (Value input in _inputs)
        {
            boxes.Add(input.Producer, _nodes.Count);
            _nodes.Add(new DrawnNode(((Input)input.Producer).Name, [Text(input.Type)], OpFamily.Interface, false, "input"));
        }

        int first = _nodes.Count;
        foreach (IGrouping<int, Op> group in _ops.Select((op, i) => (op, i)).GroupBy(p => _groupOf[p.i], static p => p.op).OrderBy(static g => g.Key))
        {
            _nodes.Add(group.Count() == 1 ? Single(group.First()) : Several([.. group]));
        }

        for (int i = 0; i < _ops.Length; i++)
        {
            boxes.Add(_ops[i], first + _groupOf[i]);
        }

        foreach (Op op in _ops)
        {
            foreach (Value operand in op.Operands.OfType<Value>())
            {
                Connect(boxes, operand, boxes[op]);
            }
        }

        foreach ((string name, Value value) in _outputs)
        {
            _nodes.Add(new DrawnNode(name, [Text(value.Type)], OpFamily.Interface, false, "output"));
            Connect(boxes, value, _nodes.Count - 1);
        }

        return new DrawnGraph(_nodes, [.. _edges.Values], caption);
    }

    private void Connect(Dictionary<Op, int> boxes, Value value, int to)
    {
        if (boxes.TryGetValue(value.Producer, out int from) && from != to)
        {
            // The box of an input tells its type already.
            _edges.TryAdd((from, to), new DrawnEdge(from, to, value.Producer is Input ? "" : Text(value.Type)));
        }
    }

    private DrawnNode Single(Op op)
    {
        string title = op is Opaque carried ? $"{carried.OpType}" : op.Schema.Name;
        IEnumerable<string> weights = op.Operands.OfType<Value>().Where(static v => v.Producer is Parameter or Constant && v.Type is TensorType { Shape.Rank: > 0 })
            .Select(static v => Text(v.Type)).Take(2);
        IEnumerable<string> inside = op is IRegionOp { Regions: var regions } ? regions.Select(static r => $"{Ops(r.Results).Length} ops inside") : [];
        return new DrawnNode(title, [.. weights, .. inside], OpFamilies.Of(op), _isMarked(op), Place.Of(op));
    }

    private DrawnNode Several(Op[] ops)
    {
        var kinds = ops.GroupBy(static op => op.Schema.Name).Select(static g => (Kind: g.Key, Count: g.Count()))
            .OrderByDescending(static k => k.Count).ThenBy(static k => k.Kind, StringComparer.Ordinal).ToArray();
        string[] lines = [.. kinds.Take(MostLines).Select(static k => $"{k.Count} × {k.Kind}"), .. kinds.Length > MostLines ? (string[])[$"and {kinds.Length - MostLines} kinds more"] : []];
        OpFamily[] families = [.. ops.Select(OpFamilies.Of).Where(static f => f is OpFamily.Attention or OpFamily.Product or OpFamily.State or OpFamily.Carried).Distinct().Order()];
        // What the whole graph has in front tells nothing.
        string[] common = [.. CommonPath(ops).Skip(_shared).Where(static p => p.Length > 0)];
        string path = string.Join('/', common);
        return new DrawnNode(
            path.Length > 0 ? $"{path} ({ops.Length} ops)" : $"{ops.Length} ops",
            lines,
            families.Length > 0 ? families[0] : OpFamily.Group,
            ops.Any(_isMarked),
            $"{Place.Of(ops[0])} … {Place.Of(ops[^1])}");
    }

    private static string[] CommonPath(Op[] ops)
    {
        string[][] paths = [.. ops.Select(static op => op.Outputs[0].Source.ModulePath.Split('.', '/'))];
        int shared = 0;
        while (paths.All(p => p.Length > shared && p[shared] == paths[0][shared]))
        {
            shared++;
        }

        return paths[0][..shared];
    }

    // A formula of a size is too long for a picture.
    private static string Text(IrType type)
    {
        const int LongestSize = 12;
        return type is TensorType { Shape: { } shape } tensor
            ? $"{tensor.DType.Text()}[{string.Join(", ", shape.Select(static d => d.ToString()).Select(static d => d.Length <= LongestSize ? d : "…"))}]"
            : type.ToString()!;
    }
}
