namespace Tessera.Ir;

/// <summary>Short forms for leaves.</summary>
public static class GraphBuilderLeaves
{
    /// <summary>An input whose type is given as text: <c>g.In("x", "f32[n, 768]")</c>.</summary>
    public static Value In(this GraphBuilder builder, string name, string type) => builder.Input(name, Text.TypeText.Parse(type));

    /// <summary>A weight whose type is given as text.</summary>
    public static Value Param(this GraphBuilder builder, string path, string type) => builder.Parameter(path, Text.TypeText.Parse(type));

    /// <summary>A scalar or vector of integers.</summary>
    public static Value Ints(this GraphBuilder builder, params ReadOnlySpan<long> values) => builder.Constant(TensorContent.Vector(values));

    /// <summary>A scalar of a float type, rounded to it.</summary>
    public static Value Float(this GraphBuilder builder, DType dtype, double value) =>
        builder.Constant(Evaluate.RefTensors.ToContent(Evaluate.RefTensor.Floats(dtype, [], [value])));

    /// <summary>A scalar of an integer type.</summary>
    public static Value Int(this GraphBuilder builder, DType dtype, long value) =>
        builder.Constant(Evaluate.RefTensors.ToContent(Evaluate.RefTensor.Ints(dtype, [], [value])));
}
