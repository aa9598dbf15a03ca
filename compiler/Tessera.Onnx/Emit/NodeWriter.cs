using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;
using Tessera.Ir.Ops;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>Writes ops as nodes by the rows of their mapping.</summary>
internal sealed class NodeWriter(EmitOptions options, FunctionTable functions, SourceMap? sourceMap)
{
    /// <summary>Writes all that <paramref name="roots"/> reach, operands first.</summary>
    public void Write(IEnumerable<Value> roots, EmitScope scope, DimFacts facts, Func<Value, string?> resultName)
    {
        foreach (Op op in EmissionOrder.Of(roots))
        {
            if (op is DimValue size)
            {
                WriteSize(size, scope, facts, resultName);
            }
            else if (op is Opaque opaque)
            {
                WriteOpaque(opaque, scope, resultName);
            }
            else if (op is not (Input or Parameter))
            {
                Write(op, scope, facts, resultName);
            }
        }
    }

    private void Write(Op op, EmitScope scope, DimFacts facts, Func<Value, string?> resultName)
    {
        OnnxRow row = op.Schema.Onnx?.RowFor(op, options.Opset, options.Allows)
            ?? throw new InvalidOperationException($"{op.Schema.Name} has no form at opset {options.Opset}; it was to be lowered.");
        SourceLocation source = op.Outputs[0].Source;
        NodeProto node = new() { OpType = row.OpType };
        node.Input.AddRange(Inputs(op, row, scope, new DimWriter(scope, facts, options.Opset)));
        string? kept = scope.Names.Take(op);
        node.Name = kept ?? scope.Names.Node(source.ModulePath, op.Schema.Name);
        WriteAttributes(op, row, node, scope);
        WriteAnnotations(op, row, node);
        if (row.Domain.Length > 0)
        {
            node.Domain = row.Domain;
        }

        // What came with a name has words of its own, or none.
        if (op.Remark is null && source.ModulePath.Length > 0)
        {
            node.DocString = source.ModulePath;
        }

        if (row.Domain == OnnxMapping.TesseraDomain)
        {
            node.Overload = functions.OverloadFor(op, row, node);
        }

        scope.Add(node);
        sourceMap?.Add(node.Name, source);
        BindResults(op, row.Outputs, node, kept is not null, scope, resultName);
        (op.Remark as NodeRemark)?.Write(node);
    }

    private void WriteOpaque(Opaque op, EmitScope scope, Func<Value, string?> resultName)
    {
        SourceLocation source = op.Outputs[0].Source;
        NodeProto node = OpaqueWriter.Node(op, scope);
        string? kept = scope.Names.Take(op);
        node.Name = kept ?? scope.Names.Node(source.ModulePath, AttributeWriter.Snake(op.OpType));
        scope.Add(node);
        sourceMap?.Add(node.Name, source);
        BindResults(op, op.Outlets.Select(static o => (int)o).ToEquatableArray(), node, kept is not null, scope, resultName);
        (op.Remark as NodeRemark)?.WriteDevices(node);
    }

    private void WriteSize(DimValue size, EmitScope scope, DimFacts facts, Func<Value, string?> resultName)
    {
        Value value = size.Outputs[0];
        string name = new DimWriter(scope, facts, options.Opset).Scalar(size.Dim);
        scope.Bind(value, resultName(value) is { } given ? scope.Rename(name, given) : name);
    }

    // A name made up for a node is free for its only result too.
    private static string ResultName(Value output, NodeProto node, bool isKept, EmitScope scope) => scope.Names.Take(output)
        ?? (output.Producer.OutputCount > 1 ? scope.Names.Unique($"{node.Name}.{output.Index}") : isKept ? scope.Names.Unique(node.Name) : node.Name);

    private static void BindResults(Op op, EquatableArray<int>? outlets, NodeProto node, bool isKept, EmitScope scope, Func<Value, string?> resultName)
    {
        foreach (Value output in op.Outputs)
        {
            while (outlets is { } positions && node.Output.Count < positions[output.Index])
            {
                node.Output.Add("");
            }

            string? given = resultName(output);
            string name = given ?? ResultName(output, node, isKept, scope);
            node.Output.Add(name);
            scope.Bind(output, name);
            ValueInfoProto? said = (output.Remark as ValueRemark)?.Said;
            if (given is null && (said is not null || (op is Opaque && TypeWriter.IsKnown(output.Type))))
            {
                // Of a carried node nobody infers the types again.
                scope.Say(said ?? new ValueInfoProto(), TypeWriter.ValueInfo(name, output.Type));
            }
        }

        if (op is Constant constant)
        {
            scope.BindConstant(constant.Value, node.Output[0]);
        }
    }

    private static IReadOnlyList<string> Inputs(Op op, OnnxRow row, EmitScope scope, DimWriter dims)
    {
        List<string> inputs = row.Inputs is { } arguments
            ? [.. arguments.SelectMany(a => Argument(op, a, scope, dims))]
            : [.. op.Operands.Take(OpAccess.InputCount(op)).Select(v => v is null ? "" : scope.NameOf(v))];
        int least = row.Inputs is [.., OnnxArgument.Operand { Name: var last }] fixedPart && OpAccess.IsVariadic(op.Schema, last) ? fixedPart.Count - 1 : 0;
        while (inputs.Count > least && inputs is [.., ""])
        {
            inputs.RemoveAt(inputs.Count - 1);
        }

        return inputs;
    }

    private static IEnumerable<string> Argument(Op op, OnnxArgument argument, EmitScope scope, DimWriter dims) => argument switch
    {
        OnnxArgument.Operand operand => OpAccess.Inputs(op, operand.Name).Select(v => v is null ? "" : scope.NameOf(v)),
        OnnxArgument.Ints ints => OpAccess.Integers(op, ints.Attribute) is var list && (list is null || (ints.OmitEmpty && list.Length == 0))
            ? [""]
            : [scope.Constant(TensorContent.Vector(list))],
        OnnxArgument.Dims sizes => [Sizes(op, sizes, scope, dims)],
        OnnxArgument.Scalar scalar => [Scalar(op, scalar, scope)],
        OnnxArgument.Int integer => [Integer(op, integer, scope, dims)],
        _ => [""],
    };

    private static string Sizes(Op op, OnnxArgument.Dims sizes, EmitScope scope, DimWriter dims) => OpAccess.Sizes(op, sizes.Attribute) switch
    {
        null => "",
        var shape when op is Reshape reshape && ReshapeTarget.Inferred(reshape) is { } inferred => scope.Constant(TensorContent.Vector(inferred)),
        var shape => dims.Vector(shape),
    };

    private static string Scalar(Op op, OnnxArgument.Scalar scalar, EmitScope scope) => OpAccess.Attribute(op, scalar.Attribute) switch
    {
        null => "",
        Real real => scope.Constant(RefTensors.ToContent(op.Operands[0]!.DType.IsFloat()
            ? RefTensor.Floats(op.Operands[0]!.DType, [], [real.Value])
            : RefTensor.Ints(op.Operands[0]!.DType, [], [(long)real.Value]))),
        var other => throw new InvalidOperationException($"{op.Schema.Name}.{scalar.Attribute} is {other}, no real number."),
    };

    private static string Integer(Op op, OnnxArgument.Int integer, EmitScope scope, DimWriter dims) => OpAccess.Attribute(op, integer.Attribute) switch
    {
        null => "",
        Dim dim => integer.Vector ? dims.Vector([dim]) : dims.Scalar(dim),
        var value => scope.Constant(integer.Vector
            ? TensorContent.Vector(Convert.ToInt64(value, null))
            : TensorContent.Scalar(Convert.ToInt64(value, null))),
    };

    private void WriteAttributes(Op op, OnnxRow row, NodeProto node, EmitScope scope)
    {
        foreach (OnnxAttr attribute in row.Attributes)
        {
            switch (attribute)
            {
                case OnnxAttr.Fixed { IsDefault: false } mark:
                    node.Attribute.Add(AttributeWriter.Write(mark.Name, mark.Value));
                    break;
                case OnnxAttr.Direct direct:
                    WriteDirect(op, row, node, direct, scope);
                    break;
            }
        }
    }

    // What is knowledge of the graph and no part of the node is kept beside it: which draw it is, a meaning that
    // ONNX does not tell apart.
    private static void WriteAnnotations(Op op, OnnxRow row, NodeProto node)
    {
        foreach (AttributeSpec spec in op.Schema.Attributes)
        {
            if (OpAccess.Names(row, spec.Name))
            {
                continue;
            }

            string? text = spec.Get(op) is Dim size ? size.ToString() : OpAccess.IsTold(op, row, spec) ? null : AttributeWriter.Snake(spec.Get(op)!);
            if (text is not null)
            {
                node.MetadataProps.Add(new StringStringEntryProto { Key = ModelMetadata.Prefix + spec.Name, Value = text });
            }
        }
    }

    // Kernels of fused ops know no defaults: there every attribute is written out.
    private void WriteDirect(Op op, OnnxRow row, NodeProto node, OnnxAttr.Direct direct, EmitScope scope)
    {
        AttributeSpec spec = OpAccess.Spec(op.Schema, direct.Attribute);
        object? value = spec.Get(op);
        if (value is Region region)
        {
            node.Attribute.Add(new SubgraphWriter(this, scope).Write(direct.Name, op, region, node.Name));
            return;
        }

        bool isDefault = !spec.Required && Equals(value, direct.OnnxDefault is null ? spec.Default : OpAccess.Coerce(direct.OnnxDefault, spec.Type));
        if (value is not null && (!isDefault || row.Domain == OnnxMapping.TesseraDomain))
        {
            node.Attribute.Add(AttributeWriter.Write(direct.Name, value));
        }
    }
}
