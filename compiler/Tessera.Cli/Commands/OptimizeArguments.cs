using System.CommandLine;
using Tessera.Compiler;
using Tessera.Onnx;

namespace Tessera.Cli.Commands;

/// <summary>What <c>optimize</c> and <c>explain</c> are given alike, so that the one explains what the other does.</summary>
internal sealed class OptimizeArguments
{
    public Argument<string> Input { get; } = new("IN") { Description = "The .onnx model." };

    public Option<string> Target { get; } = new("--target") { DefaultValueFactory = static _ => "ort", Description = "portable, ort, tessera." };

    public Option<int?> Opset { get; } = new("--opset") { Description = "Version of ai.onnx; without it, the model's." };

    /// <summary>What the model may ask for.</summary>
    public LimitOptions Limits { get; } = new();

    public OptimizeArguments() => Target.AcceptOnlyFromAmong("portable", "ort", "tessera");

    public OnnxModel Load(ParseResult result) => OnnxModel.Load(GraphFile.Existing(result.GetValue(Input)!), Limits.Of(result));

    public OptimizeOptions Options(ParseResult result, Action<string> progress, bool verify = false) => new()
    {
        Target = Enum.Parse<EmitTarget>(result.GetValue(Target)!, ignoreCase: true),
        Opset = result.GetValue(Opset),
        Verify = verify,
        Progress = progress,
    };
}
