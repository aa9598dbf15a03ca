using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Onnx.Proto;
using static Tessera.Compiler.Tests.Conformance.Forms.Form;

namespace Tessera.Compiler.Tests.Conformance.Forms;

/// <summary>Nodes with subgraphs.</summary>
internal static class ControlForms
{
    public static IEnumerable<Form> All() => [.. Branches(), .. Loops(), .. Scans(), .. Maps()];

    internal static NodeProto N(string op, string inputs, string outputs, params AttributeProto[] attributes)
    {
        NodeProto node = new() { OpType = op };
        node.Input.AddRange(inputs.Length == 0 ? [] : inputs.Split(' ').Select(static n => n == "_" ? "" : n));
        node.Output.AddRange(outputs.Split(' '));
        node.Attribute.AddRange(attributes);
        return node;
    }

    internal static GraphProto Body(string inputs, string outputs, params NodeProto[] nodes)
    {
        GraphProto graph = new() { Name = "body" };
        graph.Input.AddRange(inputs.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Typed));
        graph.Output.AddRange(outputs.Split(' ').Select(Typed));
        graph.Node.AddRange(nodes);
        return graph;
    }

    // name:type, the type a letter and the rank: i0, f1, b0, or s for a sequence of floats, o for an optional one, t for an optional tensor.
    private static ValueInfoProto Typed(string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length == 1)
        {
            return new ValueInfoProto { Name = text };
        }

        TypeProto floats = new() { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DType.F32 } };
        TypeProto sequence = new() { SequenceType = new TypeProto.Types.Sequence { ElemType = floats } };
        return new ValueInfoProto
        {
            Name = parts[0],
            Type = parts[1][0] switch
            {
                's' => sequence,
                'o' => new TypeProto { OptionalType = new TypeProto.Types.Optional { ElemType = sequence } },
                't' => new TypeProto { OptionalType = new TypeProto.Types.Optional { ElemType = floats } },
                var c => Tensor(c == 'i' ? DType.I64 : c == 'b' ? DType.Bool : DType.F32, parts[1][1] - '0'),
            },
        };
    }

    private static TypeProto Tensor(DType dtype, int rank)
    {
        TensorShapeProto shape = new();
        shape.Dim.AddRange(Enumerable.Range(0, rank).Select(static _ => new TensorShapeProto.Types.Dimension()));
        return new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)dtype, Shape = shape } };
    }

    private static IEnumerable<Form> Branches() =>
    [
        .. from taken in new[] { 0, 1 }
           from version in new[] { 7, 11, 19 }
           select Graph($"if_{taken}_{version}", version, [T(DType.Bool, [], taken), F(3)], [N("If", "x0", "y0",
               A("then_branch", Body("", "a:f1", N("Add", "x1 x1", "a"))), A("else_branch", Body("", "b:f1", N("Mul", "x1 x1", "b"))))], 1),
        .. from taken in new[] { 0, 1 }
           select Graph($"if_sequence_{taken}", 13, [T(DType.Bool, [], taken), F(3), F(2)], [N("If", "x0", "y0",
               A("then_branch", Body("", "a:s", N("SequenceConstruct", "x1", "a"))), A("else_branch", Body("", "b:s", N("SequenceConstruct", "x2 x1", "b"))))], 1),
        .. from taken in new[] { 0, 1 }
           select Graph($"if_optional_{taken}", 16, [T(DType.Bool, [], taken), F(3), F(2)], [N("If", "x0", "o",
               A("then_branch", Body("", "a:o", N("SequenceConstruct", "x1", "s"), N("Optional", "s", "a"))),
               A("else_branch", Body("", "b:o", N("SequenceConstruct", "x2 x1", "r"), N("Optional", "r", "b")))), N("OptionalGetElement", "o", "q"), N("SequenceAt", "q x3", "y0")], 1).With("x3", S(0)),
        .. from known in new[] { 0, 1 }
           select Graph($"if_known_{known}", 19, [F(3, 2), F(3)], [N("Size", "x0", "n"), N("Constant", "", "six", A("value", S(5 + known))), N("Equal", "n six", "c"), N("If", "c", "y0",
               A("then_branch", Body("", "a:f1", N("Add", "x1 x1", "a"))), A("else_branch", Body("", "b:f2", N("Identity", "x0", "b"))))], 1),
    ];

    private static Form With(this Form form, string name, RefTensor value)
    {
        form.Model.Graph.Initializer.Add(Named(name, value));
        return form;
    }

    private static TensorProto Named(string name, RefTensor value)
    {
        TensorProto proto = Onnx.TensorValues.Proto(RefTensors.ToContent(value));
        proto.Name = name;
        return proto;
    }

    private static IEnumerable<Form> Loops()
    {
        // y ← y + x; also each y.
        GraphProto sum = Body("i:i0 c:b0 y_in:f1", "c_out:b0 y_out:f1 scan:f1", N("Identity", "c", "c_out"), N("Add", "y_in x2", "y_out"), N("Identity", "y_out", "scan"));
        GraphProto collect = Body("i:i0 c:b0 s_in:s", "c_out:b0 s_out:s", N("Identity", "c", "c_out"), N("SequenceInsert", "s_in x1", "s_out"));
        GraphProto until = Body("i:i0 c:b0 y_in:f1", "c_out:b0 y_out:f1", N("Add", "y_in x1", "y_out"), N("ReduceSum", "y_out", "total", A("keepdims", 0)), N("Constant", "", "ten", A("value", T(DType.F32, [], 10))), N("Less", "total ten", "c_out"));
        return
        [
            .. from version in new[] { 7, 11, 13, 16, 19, 21 } select Graph($"loop_{version}", version, [S(3), T(DType.Bool, [], 1), F(2), F(2)], [N("Loop", "x0 x1 x3", "y0 y1", A("body", sum.Clone()))], 2),
            .. from version in new[] { 13, 16 } select Graph($"loop_sequence_{version}", version, [S(3), F(2)], [N("SequenceEmpty", "", "e"), N("Loop", "x0 _ e", "y0", A("body", collect.Clone()))], 1),
            Graph("loop_while", 13, [T(DType.Bool, [], 1), F(2).Reshaped([2]), T(DType.F32, [2], 1, 1.5)], [N("Loop", "_ x0 x1", "y0", A("body", until.Clone()))], 1),
            Graph("loop_none", 13, [S(0), T(DType.Bool, [], 1), F(2), F(2)], [N("Loop", "x0 x1 x3", "y0 y1", A("body", sum.Clone()))], 2),
        ];
    }

    private static IEnumerable<Form> Scans()
    {
        GraphProto sum = Body("s:f1 x:f1", "s_out:f1 y:f1", N("Add", "s x", "s_out"), N("Identity", "s_out", "y"));
        return
        [
            Graph("scan_9", 9, [F(2), F(3, 2)], [N("Scan", "x0 x1", "y0 y1", A("body", sum.Clone()), A("num_scan_inputs", 1))], 2),
            Graph("scan_11_axis", 11, [F(2), F(2, 3)], [N("Scan", "x0 x1", "y0 y1", A("body", sum.Clone()), A("num_scan_inputs", 1), A("scan_input_axes", new[] { -1 }), A("scan_output_axes", new[] { -1 }), A("scan_input_directions", new[] { 1 }), A("scan_output_directions", new[] { 1 }))], 2),
            Graph("scan_8", 8, [F(2, 2), F(2, 3, 2)], [N("Scan", "_ x0 x1", "y0 y1", A("body", sum.Clone()), A("num_scan_inputs", 1))], 2),
        ];
    }

    private static IEnumerable<Form> Maps()
    {
        RefSequence one = new([F(3), F(2)]);
        RefSequence other = new([F(3), F(1)]);
        return
        [
            Graph("map_add_tensor", 17, [one, F(1)], [N("SequenceMap", "x0 x1", "y0", A("body", Body("a:f1 b:f1", "c:f1", N("Add", "a b", "c"))))], 1),
            Graph("map_add_sequences", 17, [one, other], [N("SequenceMap", "x0 x1", "y0", A("body", Body("a:f1 b:f1", "c:f1", N("Add", "a b", "c"))))], 1),
            Graph("map_shapes", 17, [one], [N("SequenceMap", "x0", "y0", A("body", Body("a:f1", "c:i1", N("Shape", "a", "c"))))], 1),
            Graph("map_identity_both", 17, [one, F(4)], [N("SequenceMap", "x0 x1", "y0 y1", A("body", Body("a:f1 b:f1", "c:f1 d:f1", N("Identity", "a", "c"), N("Identity", "b", "d"))))], 2),
        ];
    }
}
