import { KEY_LABEL } from '../../core/labels';
import type { ImageStore, StoreRemoval, StoredContainer, StoredImage } from '../../core/ports';
import { Problem } from '../../core/problem';
import type { DockerApi, ListedContainer, ListedImage } from './dockerApi';

/** The images and containers that a Docker engine keeps, to be cleaned up. */
export function createImageStore(docker: DockerApi): ImageStore {
  return new DockerImageStore(docker);
}

class DockerImageStore implements ImageStore {
  constructor(private readonly docker: DockerApi) {}

  async images(signal: AbortSignal): Promise<readonly StoredImage[]> {
    const listed = await this.docker.listImages({ label: KEY_LABEL }, signal);
    const named = listed.filter(({ tags }) => tags.length > 0);
    return Promise.all(named.map((image) => this.stored(image, signal)));
  }

  async containersOf(
    images: readonly StoredImage[],
    signal: AbortSignal,
  ): Promise<readonly StoredContainer[]> {
    const ids = new Set(images.map(({ id }) => id));
    const listed = await this.docker.listContainers({ labels: {} }, signal);
    const made = listed.filter(({ imageId }) => ids.has(imageId));
    return Promise.all(made.map((container) => this.described(container, signal)));
  }

  async removeContainer(id: string, signal: AbortSignal): Promise<StoreRemoval> {
    return (await this.docker.removeStoppedContainer(id, signal)) ? 'removed' : 'in-use';
  }

  async removeImage(reference: string, id: string, signal: AbortSignal): Promise<StoreRemoval> {
    const now = await this.docker.inspectImage(reference, signal);
    if (now !== undefined && now.id !== id) {
      return 'in-use';
    }
    try {
      await this.docker.removeImage(reference, signal);
      return 'removed';
    } catch (error) {
      if (error instanceof Problem && error.code === 'image-in-use') {
        return 'in-use';
      }
      throw error;
    }
  }

  /** An image that was pulled today may have been made long ago. */
  private async stored(image: ListedImage, signal: AbortSignal): Promise<StoredImage> {
    const { id, tags, labels, created, size, sharedSize } = image;
    const details = await this.docker.inspectImage(id, signal);
    return {
      id,
      tags,
      keyLabel: labels[KEY_LABEL] ?? '',
      since: Math.max(created * 1000, details?.tagged ?? 0),
      ownSize: Math.max(0, size - sharedSize),
    };
  }

  private async described(
    { id, name, imageId, stopped, labels }: ListedContainer,
    signal: AbortSignal,
  ): Promise<StoredContainer> {
    const details = await this.docker.inspectContainer(id, signal);
    return {
      id,
      name,
      imageId,
      // One that is gone by now is in nobody's way.
      stopped: details?.stopped ?? stopped,
      folder: labels['devcontainer.local_folder'],
      used: Math.max(0, ...(details?.times ?? [])),
    };
  }
}
