namespace Tessera.Runtime;

/// <summary>Inputs and outputs that a <see cref="TypedSession"/> was written for; a model is held against them when it is opened.</summary>
/// <param name="Inputs">The inputs, in the order of the parameters of <c>Run</c>.</param>
/// <param name="Outputs">The outputs that have properties.</param>
public sealed record SessionSignature(IReadOnlyList<SessionTensor> Inputs, IReadOnlyList<SessionTensor> Outputs)
{
    /// <exception cref="TesseraRuntimeException">TSR0745: the model has other inputs or outputs.</exception>
    internal void Check(ModelSession model, string session)
    {
        CheckAll(model.Inputs, Inputs, "input");
        CheckAll(model.Outputs, Outputs, "output");
        if (model.Inputs.FirstOrDefault(spec => !spec.IsOptional && Inputs.All(i => i.Name != spec.Name)) is { } more)
            throw RuntimeErrors.OtherSignature(session, model.Path, $"the model also needs input {more}.");

        void CheckAll(IReadOnlyList<TensorSpec> specs, IReadOnlyList<SessionTensor> declared, string kind)
        {
            foreach (SessionTensor tensor in declared)
            {
                TensorSpec? spec = specs.FirstOrDefault(s => s.Name == tensor.Name);
                if (spec is null && !tensor.IsOptional)
                    throw RuntimeErrors.OtherSignature(session, model.Path, $"it was written for {kind} {tensor}, which the model has not.");
                if (spec is not null && !tensor.Fits(spec))
                    throw RuntimeErrors.OtherSignature(session, model.Path, $"it was written for {kind} {tensor}, the model has {spec}.");
            }
        }
    }
}
