import * as messages from './messages';
import { isDigest, isImage, unsetIn } from './syntax';

/**
 * Fails for an image that no engine could pull.
 *
 * @internal
 */
export function checkImage(path: string, name: string, image: unknown): void {
  if (typeof image !== 'string' || image.trim() === '') throw new Error(messages.noImage(path, name, image));
  const unset = unsetIn(image);
  if (unset !== undefined) throw new Error(messages.unsetInImage(path, name, image, unset));
  if (image.endsWith(':') && isImage(`${image}1`)) throw new Error(messages.emptyTag(path, name, image));
  if (!isDigest(image)) throw new Error(messages.badDigest(path, name, image));
  if (isImage(image)) return;
  throw new Error(isImage(image.toLowerCase()) ? messages.upperCaseImage(path, name, image) : messages.noImage(path, name, image));
}
