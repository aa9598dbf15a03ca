using Tessera.Compiler.Explain;
using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Compiler.Draw;

/// <summary>Makes a picture's boxes and lines of a graph: weights stand in the boxes that use them; what is large is put together.</summary>
internal sealed class GraphView
{
    private const int MostLines = 4;

    private readonly Graph _graph;
    private readonly Op[] _ops;
    private readonly int[] _groupOf;
    private readonly Func<Op, bool> _isMarked;
    private readonly List<DrawnNode> _nodes = [];
    private readonly Dictionary<(int, int), DrawnEdge> _edges = [];

    private GraphView(Graph graph, Op[] ops, OpGroups groups, Func<Op, bool> isMarked) =>
        (_graph, _ops, _groupOf, _isMarked) = (graph, ops, groups.GroupOf, isMarked);

    /// <param name="graph">The graph.</param>
    /// <param name="isMarked">Which ops are framed.</param>
    public static DrawnGraph Of(Graph graph, Func<Op, bool> isMarked)
    {
        Op[] ops = [.. graph.PostOrder().Where(static op => op is not (Input or Parameter or Constant or DimValue))];
        OpGroups groups = OpGroups.Of(ops);
        return new GraphView(graph, ops, groups, isMarked).Build(groups.Caption);
    }

    private DrawnGraph Build(string? caption)
    {
        Dictionary<Op, int> boxes = new(ReferenceEqualityComparer.Instance);
        foreach (Value input in _graph.Inputs)
        {
            boxes.Add(input.Producer, _nodes.Count);
            _nodes.Add(new DrawnNode(((Input)input.Producer).Name, [input.Type.ToString()!], OpFamily.Interface, false, "input"));
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

        foreach (GraphOutput output in _graph.Outputs)
        {
            _nodes.Add(new DrawnNode(output.Name, [output.Value.Type.ToString()!], OpFamily.Interface, false, "output"));
            Connect(boxes, output.Value, _nodes.Count - 1);
        }

        return new DrawnGraph(_nodes, [.. _edges.Values], caption);
    }

    private void Connect(Dictionary<Op, int> boxes, Value value, int to)
    {
        if (boxes.TryGetValue(value.Producer, out int from) && from != to)
        {
            // The box of an input tells its type already.
            _edges.TryAdd((from, to), new DrawnEdge(from, to, value.Producer is Input ? "" : value.Type.ToString()!));
        }
    }

    private DrawnNode Single(Op op)
    {
        string title = op is Opaque carried ? $"{carried.OpType}" : op.Schema.Name;
        IEnumerable<string> weights = op.Operands.OfType<Value>().Where(static v => v.Producer is Parameter or Constant && v.Type is TensorType { Shape.Rank: > 0 })
            .Select(static v => v.Type.ToString()!).Take(2);
        IEnumerable<string> inside = op is IRegionOp { Regions: var regions } ? regions.Select(static r => $"{GraphWalk.PostOrder(r.Results).Count} ops inside") : [];
        return new DrawnNode(title, [.. weights, .. inside], OpFamilies.Of(op), _isMarked(op), Place.Of(op));
    }

    private DrawnNode Several(Op[] ops)
    {
        var kinds = ops.GroupBy(static op => op.Schema.Name).Select(static g => (Kind: g.Key, Count: g.Count()))
            .OrderByDescending(static k => k.Count).ThenBy(static k => k.Kind, StringComparer.Ordinal).ToArray();
        string[] lines = [.. kinds.Take(MostLines).Select(static k => $"{k.Count} × {k.Kind}"), .. kinds.Length > MostLines ? (string[])[$"and {kinds.Length - MostLines} kinds more"] : []];
        OpFamily[] families = [.. ops.Select(OpFamilies.Of).Where(static f => f is OpFamily.Attention or OpFamily.Product or OpFamily.State or OpFamily.Carried).Distinct().Order()];
        string path = CommonPath(ops);
        return new DrawnNode(
            path.Length > 0 ? $"{path} ({ops.Length} ops)" : $"{ops.Length} ops",
            lines,
            families.Length > 0 ? families[0] : OpFamily.Group,
            ops.Any(_isMarked),
            $"{Place.Of(ops[0])} … {Place.Of(ops[^1])}");
    }

    private static string CommonPath(Op[] ops)
    {
        string[][] paths = [.. ops.Select(static op => op.Outputs[0].Source.ModulePath.Split('.', '/'))];
        int shared = 0;
        while (paths.All(p => p.Length > shared && p[shared] == paths[0][shared]))
        {
            shared++;
        }

        string path = string.Join('/', paths[0].Take(shared).Where(static s => s.Length > 0));
        return path.Length <= 40 ? path : $"…{path[^39..]}";
    }
}
