using Tessera.Nn;

namespace Tessera.Compiler.Tests.Packed;

/// <summary>An entry module of one layer, with inputs of given types and ragged n.</summary>
internal sealed class LayerModule(Module layer, LayerCase of) : Module
{
    public Module Layer { get; } = layer;

    public override IEnumerable<ModuleMember> Members => [new("layer", Layer)];

    public override ModuleSignature Signature { get; } = new([.. of.Inputs.Select(static (type, i) => new InputDeclaration($"x{i}", type))], ["y"], of.Ragged)
    {
        Constraints = of.Constraints,
    };

    protected override IReadOnlyList<NamedTensor> Trace(IReadOnlyList<Tensor> inputs) => [new NamedTensor("y", of.Forward(Layer, [.. inputs]))];
}
