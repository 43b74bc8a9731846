import { type ComponentResource, type ComponentResourceOptions, output } from "@pulumi/pulumi";
import { type ConstructRequest, ConstructResponse } from "@pulumi/pulumi/proto/provider_pb";
import { DependencyProviderResource, DependencyResource } from "@pulumi/pulumi/resource";
import { setAllConfig } from "@pulumi/pulumi/runtime/config";
import { serializeResourceProperties } from "@pulumi/pulumi/runtime/rpc";
import { resetOptions } from "@pulumi/pulumi/runtime/settings";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import * as z from "zod";
import { accessMatrixType } from "../access/typeTokens";
import { AccessMatrix, type AccessMatrixArgs } from "../components/accessMatrix";
import { NotFoundError } from "../posthog/errors";
import { useNativeForm } from "../resources/form";
import { sdkInternal } from "./sdkInternals";
import { asJson } from "./wire";

/** The component's class checks these itself, down to every entry of the matrix. */
const matrixArgs = z.looseObject({
  matrix: z.custom<AccessMatrixArgs["matrix"]>(
    (matrix) => typeof matrix === "string" || (typeof matrix === "object" && matrix !== null),
    "must be the text of a matrix, the path of its file, or an object",
  ),
});

/**
 * Creates a component for a program in any language: the component's class runs here, and registers its resources with
 * the engine as a program does.
 *
 * @param engine the engine's address.
 */
export async function construct(request: ConstructRequest, engine: string): Promise<ConstructResponse> {
  if (request.getType() !== accessMatrixType) {
    throw new NotFoundError(`this provider has no component ${request.getType()}`, {
      why: "The program was written for another version of it.",
      fix: "Install the plugin of the version that the program's SDK names.",
    });
  }
  return sdkInternal("withLocalStorage")(async () => {
    resetOptions(
      request.getProject(),
      request.getStack(),
      request.getParallel(),
      engine,
      request.getMonitorendpoint(),
      request.getDryrun(),
      request.getOrganization(),
    );
    await sdkInternal("awaitFeatureSupport")();
    setAllConfig(Object.fromEntries(request.getConfigMap().entries()), request.getConfigsecretkeysList());
    useNativeForm();
    const component = await made(request);
    const { roles, keys, grants, notEnforceable } = component;
    const response = new ConstructResponse();
    response.setUrn(await urnOf(component));
    const outputs = { roles, keys, grants, notEnforceable };
    const [state, dependencies] = await serializeResourceProperties(
      `construct(${request.getName()})`,
      outputs,
    );
    response.setState(Struct.fromJavaScript(asJson.parse(state)));
    for (const [name, resources] of dependencies) {
      const urns = new ConstructResponse.PropertyDependencies();
      urns.setUrnsList(await Promise.all([...resources].map(urnOf)));
      response.getStatedependenciesMap().set(name, urns);
    }
    await sdkInternal("waitForRPCs")();
    return response;
  });
}

async function made(request: ConstructRequest): Promise<AccessMatrix> {
  const inputs = await sdkInternal("deserializeInputs")(
    request.getInputs(),
    request.getInputdependenciesMap(),
  );
  return new AccessMatrix(request.getName(), matrixArgs.parse(inputs), optionsOf(request));
}

function optionsOf(request: ConstructRequest): ComponentResourceOptions {
  const providers = [...request.getProvidersMap().entries()].map(
    ([name, reference]) => [name, new DependencyProviderResource(reference)] as const,
  );
  return {
    parent: request.getParent() === "" ? undefined : new DependencyResource(request.getParent()),
    dependsOn: request.getDependenciesList().map((urn) => new DependencyResource(urn)),
    providers: Object.fromEntries(providers),
    protect: request.getProtect(),
    aliases: request
      .getAliasesList()
      .filter((alias) => alias.hasUrn())
      .map((alias) => alias.getUrn()),
  };
}

function urnOf({ urn }: { urn: ComponentResource["urn"] }): Promise<string> {
  return new Promise((resolve) => void output(urn).apply(resolve));
}
