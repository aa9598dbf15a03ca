namespace Tessera.Gpu.Devices;

/// <summary>Whether a device can go on.</summary>
internal static class DeviceHealth
{
    /// <summary>Whether it still answers: an address that is none breaks the context for all that follows.</summary>
    public static bool Lives(this IDevice device)
    {
        try
        {
            device.Synchronize();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
