using Tessera.Onnx;
using Tessera.Onnx.Proto;
using Tessera.Testing;
using Xunit;

namespace Tessera.Compiler.Tests.EndToEnd;

/// <summary>
/// What models look like when they are written, to be read in a review: a change of a rule or of the emitter shows here.
/// <c>TESSERA_BLESS=1</c> rewrites the files.
/// </summary>
public class EmittedModelTests
{
    public static TheoryData<Batching, EmitTarget> Forms() => new()
    {
        { Batching.Single, EmitTarget.Portable },
        { Batching.Dense, EmitTarget.Portable },
        { Batching.Padded, EmitTarget.Ort },
        { Batching.Packed, EmitTarget.Portable },
        { Batching.Packed, EmitTarget.Tessera },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void The_class_token_model_is_written_as_before(Batching form, EmitTarget target)
    {
        CompiledModel model = ModelCompiler.Compile(new ClassTokenModel(), new CompileOptions { Batch = form, Seed = 3, Emit = new EmitOptions { Target = target } });
        string name = $"{form}-{target}".ToLowerInvariant();
        Golden.Check($"models/class-token.{name}.txt", OnnxText.Print(ModelProto.Parser.ParseFrom(model.ToBytes())));
    }
}
