namespace Tessera.Runtime;

/// <summary>Checks the outputs that a run asks for against what the model declares.</summary>
internal static class OutputChecker
{
    /// <summary>The declarations of the outputs asked for, in that order; all of them when none is asked for.</summary>
    /// <exception cref="TesseraRuntimeException">TSR0719 to TSR0722, TSR0725.</exception>
    public static IReadOnlyList<TensorSpec> Check(IReadOnlyList<TensorSpec> specs, ReadOnlySpan<OutputBuffer> asked)
    {
        if (asked.IsEmpty)
            return specs;
        var found = new TensorSpec[asked.Length];
        for (var i = 0; i < asked.Length; i++)
        {
            var name = asked[i].Name;
            found[i] = specs.FirstOrDefault(spec => spec.Name == name)
                ?? throw RuntimeErrors.UnknownOutput(name, specs.Select(spec => spec.Name));
            if (found.AsSpan(0, i).Contains(found[i]))
                throw RuntimeErrors.DuplicateOutput(name);
            CheckBuffer(found[i], asked[i]);
        }
        return found;
    }

    private static void CheckBuffer(TensorSpec spec, OutputBuffer output)
    {
        if (output.Buffer is not { } buffer)
            return;
        if (!spec.IsTensor)
            throw RuntimeErrors.NotATensor($"output '{spec.Name}'", spec.KindName);
        if (!ElementTypes.Fits(buffer.ElementType, spec.ElementType))
            throw RuntimeErrors.OutputDTypeMismatch(spec.Name, spec.ElementType, ElementTypes.NameOf(buffer.ElementType));
        // No declared axis: a scalar or an unknown rank; ONNX Runtime checks the shape that it computes.
        if (spec.Dims.Count == 0)
            return;
        var dims = output.Shape;
        var fits = dims.Length == spec.Dims.Count && dims.Index().All(dim => spec.Dims[dim.Index].Size is not { } size || size == dim.Item);
        if (!fits)
            throw RuntimeErrors.OutputShapeMismatch(spec, dims);
    }
}
