using Microsoft.ML.OnnxRuntime;
using Tessera.Kernels;

namespace Tessera.Gpu.Devices;

/// <summary>How a session is opened.</summary>
/// <param name="Kernels">Whether Tessera's kernels are registered; else function bodies run.</param>
/// <param name="Captured">Whether ONNX Runtime captures a CUDA graph of the first run.</param>
/// <param name="OnDevice">Whether every node must run on the device.</param>
/// <param name="Profile">What the path of a file starts with in which ONNX Runtime notes what ran where; null for no such file.</param>
internal sealed record SessionKind(bool Kernels = true, bool Captured = false, bool OnDevice = false, string? Profile = null);

/// <summary>Sessions of ONNX Runtime on a device.</summary>
internal static class Sessions
{
    public static InferenceSession Open(byte[] model, IDevice device, SessionKind kind)
    {
        using SessionOptions options = Options(device, kind);
        return new InferenceSession(model, options);
    }

    private static SessionOptions Options(IDevice device, SessionKind kind)
    {
        SessionOptions options = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, IntraOpNumThreads = Environment.ProcessorCount };
        options.AddSessionConfigEntry("session.force_spinning_stop", "1");
        if (kind.Profile is not null)
        {
            (options.ProfileOutputPathPrefix, options.EnableProfiling) = (kind.Profile, true);
        }

        if (!device.Target.IsCuda)
        {
            if (kind.Kernels)
            {
                TesseraOps.Register(options);
            }

            return options;
        }

        using OrtCUDAProviderOptions provider = new();
        provider.UpdateOptions(new Dictionary<string, string>
        {
            ["device_id"] = $"{device.Target.Number}",
            // f32 is f32 on every side.
            ["use_tf32"] = "0",
            ["enable_cuda_graph"] = kind.Captured ? "1" : "0",
        });
        options.AppendExecutionProvider_CUDA(provider);
        if (kind.OnDevice)
        {
            options.AddSessionConfigEntry("session.disable_cpu_ep_fallback", "1");
        }

        if (kind.Kernels)
        {
            TesseraOps.Register(options, device.Target.Number);
        }

        return options;
    }
}
